// @grpc/proto-loader, which reads the .proto files at run time for grpc-js: node proto_loader.mjs PROTO_FOLDER

import grpc from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

import { answer, fromHex, toHex } from "./answers.mjs";

const definitions = loadSync("smtpstatus/v1/delivery.proto", {
  includeDirs: [process.argv[2]],
  keepCase: true,
  enums: String, // as in gRPC's examples
});
const loaded = grpc.loadPackageDefinition(definitions);
const { deserialize, serialize } = definitions["smtpstatus.v1.SmtpReply"];
const SmtpStatusCode = loaded.smtpstatus.v1.SmtpStatusCode;
const reply = (wire) => deserialize(Buffer.from(fromHex(wire)));
const valueOf = (wire) => SmtpStatusCode.type.value.find(({ name }) => name === reply(wire).code);

answer({
  number: (wire) => valueOf(wire)?.number ?? reply(wire).code,
  name: (wire) => reply(wire).code,
  wire: (wire) => toHex(serialize(reply(wire))),
  to_json: (wire) => JSON.stringify(reply(wire)),
  from_json: (text) => toHex(serialize(JSON.parse(text))),
  summary: (wire) => valueOf(wire).options ?? "-",
});
