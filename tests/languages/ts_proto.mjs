// ts-proto: node ts_proto.mjs, beside its code as messages.mjs

import { answer, fromHex, toHex } from "./answers.mjs";
import { SmtpReply, SmtpStatusCode, smtpStatusCodeToJSON } from "./messages.mjs";

const reply = (wire) => SmtpReply.decode(fromHex(wire));

answer({
  number: (wire) => reply(wire).code,
  name: (wire) => smtpStatusCodeToJSON(reply(wire).code),
  wire: (wire) => toHex(SmtpReply.encode(reply(wire)).finish()),
  to_json: (wire) => JSON.stringify(SmtpReply.toJSON(reply(wire))),
  from_json: (text) => toHex(SmtpReply.encode(SmtpReply.fromJSON(JSON.parse(text))).finish()),
});
