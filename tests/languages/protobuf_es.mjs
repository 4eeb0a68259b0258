// protobuf-es: node protobuf_es.mjs, with its code in the folder messages

import { fromBinary, fromJsonString, getOption, toBinary, toJsonString } from "@bufbuild/protobuf";

import { answer, fromHex, toHex } from "./answers.mjs";
import { SmtpReplySchema } from "./messages/smtpstatus/v1/delivery_pb.js";
import { SmtpStatusCode, SmtpStatusCodeSchema } from "./messages/smtpstatus/v1/smtp_status_code_pb.js";
import { status_code_info } from "./messages/smtpstatus/v1/status_code_info_pb.js";

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
