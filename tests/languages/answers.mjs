// Answers the questions of scripts/measure_languages.py, one line for each: the loop of the programs for Node.

import { createInterface } from "node:readline";

export const fromHex = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
export const toHex = (bytes) => Buffer.from(bytes).toString("hex");

// Reads lines `QUESTION ARGUMENT`, and prints what the generator gives, `-` if it has no such thing, or its error.
export async function answer(questions) {
  for await (const line of createInterface({ input: process.stdin })) {
    const [name, argument] = line.split(/ (.*)/s);
    let result = "-";
    try {
      if (questions[name]) result = String(questions[name](argument));
    } catch (error) {
      result = `error: ${error.name}: ${error.message}`;
    }
    console.log(result.split("\n")[0]);
  }
}
