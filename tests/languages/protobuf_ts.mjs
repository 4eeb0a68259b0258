// protobuf-ts: node protobuf_ts.mjs, with its code in the folder messages

import { answer, fromHex, toHex } from "./answers.mjs";
import { SmtpReply } from "./messages/smtpstatus/v1/delivery.js";
import { SmtpStatusCode } from "./messages/smtpstatus/v1/smtp_status_code.js";

const reply = (wire) => SmtpReply.fromBinary(fromHex(wire));

answer({
  number: (wire) => reply(wire).code,
  name: (wire) => SmtpStatusCode[reply(wire).code],
  wire: (wire) => toHex(SmtpReply.toBinary(reply(wire))),
  to_json: (wire) => SmtpReply.toJsonString(reply(wire)),
  from_json: (text) => toHex(SmtpReply.toBinary(SmtpReply.fromJsonString(text))),
});
