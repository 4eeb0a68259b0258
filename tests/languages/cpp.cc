// Google's protobuf for C++.

#include <google/protobuf/util/json_util.h>

#include <cstdio>
#include <iostream>
#include <string>

#include "smtpstatus/v1/delivery.pb.h"
#include "smtpstatus/v1/status_code_info.pb.h"

using smtpstatus::v1::SmtpReply;

std::string FromHex(const std::string& hex) {
  std::string bytes;
  for (size_t at = 0; at < hex.size(); at += 2) bytes += static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, 16));
  return bytes;
}

std::string ToHex(const SmtpReply& reply) {
  std::string hex;
  char digits[3];
  for (unsigned char byte : reply.SerializeAsString()) {
    std::snprintf(digits, sizeof digits, "%02x", byte);
    hex += digits;
  }
  return hex;
}

std::string Answer(const std::string& question, const std::string& argument) {
  SmtpReply reply;
  if (question == "from_json") {
    auto status = google::protobuf::util::JsonStringToMessage(argument, &reply);
    return status.ok() ? ToHex(reply) : "error: " + status.ToString();
  }
  if (!reply.ParseFromString(FromHex(argument))) return "error: it cannot be parsed";
  if (question == "number") return std::to_string(reply.code());
  if (question == "name") return SmtpStatusCode_Name(reply.code());
  if (question == "wire") return ToHex(reply);
  if (question == "to_json") {
    std::string text;
    auto status = google::protobuf::util::MessageToJsonString(reply, &text);
    return status.ok() ? text : "error: " + status.ToString();
  }
  auto* value = smtpstatus::v1::SmtpStatusCode_descriptor()->FindValueByNumber(reply.code());
  if (!value) return "-";
  auto& info = value->options().GetExtension(smtpstatus::v1::status_code_info);
  if (question == "summary") return info.summary();
  std::string sources;
  for (auto& source : info.sources()) sources += (sources.empty() ? "" : ", ") + source;
  return sources;
}

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    auto blank = line.find(' ');
    std::cout << Answer(line.substr(0, blank), line.substr(blank + 1)) << std::endl;
  }
}
