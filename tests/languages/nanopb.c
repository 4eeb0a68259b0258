// nanopb for C. It has no JSON, no names, and no options at run time.

#include <pb_decode.h>
#include <pb_encode.h>
#include <stdio.h>
#include <string.h>

#include "smtpstatus/v1/delivery.pb.h"

int main(void) {
  char line[4096], question[16], hex[4000];
  while (fgets(line, sizeof line, stdin)) {
    if (sscanf(line, "%15s %3999s", question, hex) != 2 || (strcmp(question, "number") && strcmp(question, "wire"))) {
      puts("-");
      continue;
    }
    uint8_t bytes[2000];
    size_t count = strlen(hex) / 2;
    for (size_t at = 0; at < count; at++) sscanf(hex + 2 * at, "%2hhx", &bytes[at]);
    smtpstatus_v1_SmtpReply reply = smtpstatus_v1_SmtpReply_init_zero;
    pb_istream_t in = pb_istream_from_buffer(bytes, count);
    if (!pb_decode(&in, smtpstatus_v1_SmtpReply_fields, &reply)) {
      printf("error: %s\n", PB_GET_ERROR(&in));
    } else if (!strcmp(question, "number")) {
      printf("%d\n", (int)reply.code);
    } else {
      pb_ostream_t out = pb_ostream_from_buffer(bytes, sizeof bytes);
      if (!pb_encode(&out, smtpstatus_v1_SmtpReply_fields, &reply)) {
        printf("error: %s\n", PB_GET_ERROR(&out));
        continue;
      }
      for (size_t at = 0; at < out.bytes_written; at++) printf("%02x", bytes[at]);
      puts("");
    }
  }
}
