// Decides what delivery statuses mean from the options of the shared source alone, and compares that with the vectors.
//
//   node vectors.mjs DESCRIPTORS REPLIES FAILURES    prints the number of decisions, and the wrong ones
//
// DESCRIPTORS has every file of smtpstatus/v1, and google/rpc/code.proto for the names of the answers.
// tests/vectors/README.md says how to read the other two. The first half of this file is all that a language needs.

import { readFileSync } from "node:fs";

import { create, createFileRegistry, fromBinary, getOption } from "@bufbuild/protobuf";
import { FileDescriptorSetSchema } from "@bufbuild/protobuf/wkt";

const [descriptors, replies, failures] = process.argv.slice(2);
const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(descriptors)));
const codeInfo = registry.getExtension("smtpstatus.v1.status_code_info");
const conditionInfo = registry.getExtension("smtpstatus.v1.delivery_condition_info");
const ours = (name) => registry.getEnum(`smtpstatus.v1.${name}`);

// The names of enum values are those in the .proto file, without the enum's prefix.
const nameOf = (type, { name }) => name.slice(type.sharedPrefix?.length ?? 0);
const numbers = (type) => Object.fromEntries(type.values.map((value) => [nameOf(type, value), value.number]));

const Condition = numbers(ours("DeliveryCondition"));
const Rank = numbers(ours("ConditionRank"));
const Retry = numbers(ours("RetryRule"));
const Stage = numbers(ours("SmtpStage"));
const Action = numbers(ours("DeliveryAction"));
const RANKS = [Rank.DECISIVE, Rank.NOT_DEFINED, Rank.WEAK];

// The rules of a number; undefined if the enum does not list it.
function means(type, number) {
  const value = ours(type).value[number];
  return value && getOption(value, codeInfo).means;
}

function about(condition) {
  const listed = ours("DeliveryCondition").value;
  return getOption(listed[condition] ?? listed[Condition.NOT_KNOWN], conditionInfo);
}

// The class of an enhanced status code, and its number in EnhancedStatusCode; zeros if the text is not such a code.
function parse(text) {
  const [, first, subject, detail] = /^([245])\.(\d{1,3})\.(\d{1,3})$/.exec(text) ?? [];
  return first ? [Number(first), 1000 * Number(subject) + Number(detail)] : [0, 0];
}

// The first digit of the reply code or, without a reply, of the report's status.
const isReply = (code) => code >= 200 && code < 600;
const classOf = (code, enhancedCode) => (isReply(code) ? Math.floor(code / 100) : parse(enhancedCode)[0]);

function decide(code, enhancedCode, stage) {
  const replyClass = classOf(code, enhancedCode);
  const [classOfDetail, number] = parse(enhancedCode);
  // Only a failure has a detail, and the detail's class must be that of the failure.
  const detail = replyClass >= 4 && classOfDetail === replyClass ? number : 0;
  const first = (rules) =>
    (rules ?? []).find(
      (rule) =>
        (rule.stages.length === 0 || rule.stages.includes(stage)) &&
        (rule.replyClass === 0 || rule.replyClass === replyClass) &&
        (!rule.isBare || detail === 0),
    );
  const ofDetail = first(means("EnhancedStatusCode", detail) ?? means("EnhancedStatusCode", detail - (detail % 1000)));
  const ofCode = first(means("SmtpStatusCode", code) ?? means("UnlistedStatusCode", code));
  const ofClass = first(means("SmtpReplyClass", replyClass));
  // The detail comes before the code, unless their ranks say otherwise; the first digit comes last.
  const ranked = [ofDetail, ofCode].filter(Boolean);
  ranked.sort((left, right) => RANKS.indexOf(left.rank) - RANKS.indexOf(right.rank));
  for (const { condition } of ofClass ? [...ranked, ofClass] : ranked) {
    const found = (first(about(condition).instead) ?? { condition }).condition;
    if (found !== Condition.NOT_DEFINED) return found;
  }
  return Condition.NOT_DEFINED;
}

function conditionOf({ action, condition, localError, reply, stage, status }) {
  const [done] = means("DeliveryAction", action) ?? [];
  if (done) return done.condition;
  const code = reply?.code ?? 0;
  const isSuccess = [2, 3].includes(classOf(code, status));
  if (isSuccess && (localError || action === Action.FAILED)) return Condition.PROTOCOL_ERROR;
  if (isReply(code)) return decide(code, reply.enhancedCode || status, stage);
  const found = condition || decide(status ? 0 : code, status, stage);
  return (stage === Stage.CONTENT && about(found).whenReplyLost) || found;
}

// The four answers, with enum values as numbers.
function verdictOf(deliveryStatus) {
  const condition = conditionOf(deliveryStatus);
  const { retry, retryRpcCode, rpcCode, countsAgainst } = about(condition);
  const replyClass = classOf(deliveryStatus.reply?.code ?? 0, deliveryStatus.status);
  const isRetried =
    retry === Retry.ALWAYS ||
    (retry === Retry.AFTER_4YZ && replyClass === 4) ||
    (retry === Retry.AFTER_4YZ_OR_NO_REPLY && (replyClass === 4 || replyClass === 0));
  return { condition, rpc: isRetried ? retryRpcCode : rpcCode, retry: isRetried, against: countsAgainst };
}

// The second half runs the vectors.

function* statusesOf(row) {
  for (const code of row.codes ?? [row.code])
    for (const enhancedCode of row.enhanced ?? [""])
      for (const stage of row.stages)
        yield create(registry.getMessage("smtpstatus.v1.DeliveryStatus"), {
          stage: Stage[stage],
          reply: code ? { code, enhancedCode } : undefined,
          localError: row.local_error ? "failed" : "",
          condition: Condition[row.stored || "NOT_DEFINED"],
          action: Action[row.action || "NOT_DEFINED"],
          status: row.status ?? "",
        });
}

function answersOf(deliveryStatus) {
  const { condition, rpc, retry, against } = verdictOf(deliveryStatus);
  const name = (type, number) => nameOf(type, type.value[number]);
  return [
    name(ours("DeliveryCondition"), condition),
    name(registry.getEnum("google.rpc.Code"), rpc),
    retry,
    name(ours("DeliveryParty"), against),
  ];
}

let count = 0;
const wrong = [];
for (const row of [replies, failures].flatMap((file) => JSON.parse(readFileSync(file, "utf8")))) {
  const expected = [row.condition, row.rpc, row.retry, row.against];
  for (const status of statusesOf(row)) {
    count += 1;
    const found = answersOf(status);
    const isRight = found.every((answer, index) => answer === expected[index]);
    if (!isRight) wrong.push({ status, found, expected, why: row.why, source: row.source });
  }
}
console.log(JSON.stringify({ count, wrong }));
