// ts-proto: node ts_proto.mjs, with its code in the folder messages

import { answer, fromHex, toHex } from "./answers.mjs";
import { SmtpReply } from "./messages/smtpstatus/v1/delivery.js";
import { smtpStatusCodeToJSON } from "./messages/smtpstatus/v1/smtp_status_code.js";

const reply = (wire) => SmtpReply.decode(fromHex(wire));

answer({
  number: (wire) => reply(wire).code,
  name: (wire) => smtpStatusCodeToJSON(reply(wire).code),
  wire: (wire) => toHex(SmtpReply.encode(reply(wire)).finish()),
  to_json: (wire) => JSON.stringify(SmtpReply.toJSON(reply(wire))),
  from_json: (text) => toHex(SmtpReply.encode(SmtpReply.fromJSON(JSON.parse(text))).finish()),
});
