// protobuf-ts: node protobuf_ts.mjs, beside its code as messages.mjs

import { answer, fromHex, toHex } from "./answers.mjs";
import { SmtpReply, SmtpStatusCode } from "./messages.mjs";

const reply = (wire) => SmtpReply.fromBinary(fromHex(wire));

answer({
  number: (wire) => reply(wire).code,
  name: (wire) => SmtpStatusCode[reply(wire).code],
  wire: (wire) => toHex(SmtpReply.toBinary(reply(wire))),
  to_json: (wire) => SmtpReply.toJsonString(reply(wire)),
  from_json: (text) => toHex(SmtpReply.toBinary(SmtpReply.fromJsonString(text))),
});
