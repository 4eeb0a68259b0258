// protobuf-es: node protobuf_es.mjs, beside its code as messages.mjs

import { fromBinary, fromJsonString, getOption, toBinary, toJsonString } from "@bufbuild/protobuf";

import { answer, fromHex, toHex } from "./answers.mjs";
import { SmtpReplySchema, SmtpStatusCode, SmtpStatusCodeSchema, status_code_info } from "./messages.mjs";

const reply = (wire) => fromBinary(SmtpReplySchema, fromHex(wire));
const info = (wire) => getOption(SmtpStatusCodeSchema.value[reply(wire).code], status_code_info);

answer({
  number: (wire) => reply(wire).code,
  name: (wire) => SmtpStatusCode[reply(wire).code],
  wire: (wire) => toHex(toBinary(SmtpReplySchema, reply(wire))),
  to_json: (wire) => toJsonString(SmtpReplySchema, reply(wire)),
  from_json: (text) => toHex(toBinary(SmtpReplySchema, fromJsonString(SmtpReplySchema, text))),
  summary: (wire) => info(wire).summary,
  sources: (wire) => info(wire).sources.join(", "),
});
