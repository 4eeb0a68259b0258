// protobufjs, which reads the .proto files at run time: node protobufjs.mjs PROTO_FOLDER

import protobufjs from "protobufjs";

import { answer, fromHex, toHex } from "./answers.mjs";

const root = new protobufjs.Root();
// It has Google's timestamp.proto inside, and descriptor.proto as a file.
const folders = { "google/protobuf/descriptor.proto": "node_modules/protobufjs" };
root.resolvePath = (_, target) => `${folders[target] ?? process.argv[2]}/${target}`;
root.loadSync("smtpstatus/v1/delivery.proto");
const SmtpReply = root.lookupType("smtpstatus.v1.SmtpReply");
const SmtpStatusCode = root.lookupEnum("smtpstatus.v1.SmtpStatusCode");
const reply = (wire) => SmtpReply.decode(fromHex(wire));
const optionsOf = (wire) => SmtpStatusCode.valuesOptions[SmtpStatusCode.valuesById[reply(wire).code]];

answer({
  number: (wire) => reply(wire).code,
  name: (wire) => SmtpStatusCode.valuesById[reply(wire).code],
  wire: (wire) => toHex(SmtpReply.encode(reply(wire)).finish()),
  to_json: (wire) => JSON.stringify(reply(wire)),
  from_json: (text) => toHex(SmtpReply.encode(SmtpReply.fromObject(JSON.parse(text))).finish()),
  summary: (wire) => optionsOf(wire)["(status_code_info).summary"],
  sources: (wire) => optionsOf(wire)["(status_code_info).sources"],
});
