// A gRPC server and a client on Node, which use smtpstatus.v1 with protobuf-es and with protobufjs.
//
//   node interop.mjs serve DESCRIPTORS             prints its port and serves until its standard input ends
//   node interop.mjs call DESCRIPTORS HOST:PORT    reads requests from standard input, prints the results
//
// Both decode each message and encode it again, so that no bytes are merely passed on. Messages are in base64.

import { readFileSync } from "node:fs";
import { text } from "node:stream/consumers";

import { createFileRegistry, fromBinary, toBinary } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";
import grpc from "@grpc/grpc-js";
import protobufjs from "protobufjs";
import descriptor from "protobufjs/ext/descriptor.js";

const STATUS = "smtpstatus.v1.DeliveryStatus";
const [mode, descriptors, address] = process.argv.slice(2);
const set = readFileSync(descriptors);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, set));
const root = protobufjs.Root.fromDescriptor(descriptor.FileDescriptorSet.decode(set));

const codecs = {
  es: {
    decode: (bytes, type = STATUS) => fromBinary(registry.getMessage(type), bytes),
    encode: (message) => Buffer.from(toBinary(registry.getMessage(STATUS), message)),
    code: (message) => message.reply.code,
  },
  protobufjs: {
    decode: (bytes, type = STATUS) => root.lookupType(type).decode(bytes),
    encode: (message) => Buffer.from(root.lookupType(STATUS).encode(message).finish()),
    code: (message) => message.reply.code,
  },
};

function method(name, codec) {
  return {
    path: `/test.Mail/${name}`,
    requestStream: false,
    responseStream: false,
    requestSerialize: codec.encode,
    requestDeserialize: (bytes) => codec.decode(bytes),
    responseSerialize: codec.encode,
    responseDeserialize: (bytes) => codec.decode(bytes),
  };
}

const service = Object.fromEntries(
  Object.entries(codecs).flatMap(([name, codec]) =>
    ["Echo", "Refuse"].map((verb) => [`${verb}_${name}`, method(`${verb}_${name}`, codec)]),
  ),
);

// grpc-js does not encode error details, so the server has to.
function refusal(codec, request) {
  const any = registry.getMessage("google.protobuf.Any");
  const value = { $typeName: any.typeName, typeUrl: `type.googleapis.com/${STATUS}`, value: codec.encode(request) };
  const status = registry.getMessage("google.rpc.Status");
  const details = { $typeName: status.typeName, code: 14, message: "worded otherwise", details: [value] };
  const metadata = new grpc.Metadata();
  metadata.set("grpc-status-details-bin", Buffer.from(toBinary(status, details)));
  return { code: grpc.status.UNAVAILABLE, details: `refused with ${codec.code(request)}`, metadata };
}

async function serve() {
  const server = new grpc.Server();
  const handlers = {};
  for (const [name, codec] of Object.entries(codecs)) {
    handlers[`Echo_${name}`] = (call, callback) => callback(null, call.request);
    handlers[`Refuse_${name}`] = (call, callback) => callback(refusal(codec, call.request));
  }
  server.addService(service, handlers);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) throw error;
    console.log(port);
  });
  await text(process.stdin);
  server.forceShutdown();
}

function unpack(codec, error) {
  const [trailer] = error.metadata.get("grpc-status-details-bin");
  const status = codec.decode(trailer, "google.rpc.Status");
  const details = status.details.map(({ typeUrl, type_url, value }) => {
    const type = (typeUrl ?? type_url).split("/")[1];
    const message = codec.decode(value, type);
    if (type === STATUS) return { type, code: codec.code(message), value: codec.encode(message).toString("base64") };
    if (type === "google.rpc.ErrorInfo") {
      return { type, reason: message.reason, domain: message.domain, metadata: { ...message.metadata } };
    }
    return { type, seconds: Number((message.retryDelay ?? message.retry_delay).seconds) };
  });
  return { code: error.code, message: error.details, status: { code: status.code, message: status.message, details } };
}

async function call() {
  const requests = (await text(process.stdin)).split("\n").map((line) => Buffer.from(line, "base64"));
  const client = new grpc.Client(address, grpc.credentials.createInsecure());
  for (const [name, codec] of Object.entries(codecs)) {
    const unary = (verb, request) =>
      new Promise((resolve) => {
        const { path, requestSerialize, responseDeserialize } = service[`${verb}_${name}`];
        const done = (error, response) => resolve({ error, response });
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, done);
      });
    for (const bytes of requests) {
      const request = codec.decode(bytes);
      const echo = (await unary("Echo", request)).response;
      const { error } = await unary("Refuse", request);
      const echoed = { code: codec.code(echo), value: codec.encode(echo).toString("base64") };
      console.log(JSON.stringify({ codec: name, echoed, refused: unpack(codec, error) }));
    }
  }
  client.close();
}

await { serve, call }[mode]();
