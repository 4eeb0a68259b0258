// Google's protobuf for Java.

import com.google.protobuf.util.JsonFormat;
import java.util.HexFormat;
import java.util.Scanner;
import smtpstatus.v1.SmtpReply;
import smtpstatus.v1.SmtpStatusCodeInfo;
import smtpstatus.v1.StatusCodeInfo;

public class Java {
  static String answer(String question, String argument) throws Exception {
    if (question.equals("from_json")) {
      SmtpReply.Builder builder = SmtpReply.newBuilder();
      JsonFormat.parser().merge(argument, builder);
      return HexFormat.of().formatHex(builder.build().toByteArray());
    }
    SmtpReply reply = SmtpReply.parseFrom(HexFormat.of().parseHex(argument));
    return switch (question) {
      case "number" -> String.valueOf(reply.getCodeValue());
      case "name" -> reply.getCode().name();
      case "wire" -> HexFormat.of().formatHex(SmtpReply.newBuilder().setCodeValue(reply.getCodeValue()).build().toByteArray());
      case "to_json" -> JsonFormat.printer().omittingInsignificantWhitespace().print(reply);
      case "summary" -> info(reply).getSummary();
      case "sources" -> String.join(", ", info(reply).getSourcesList());
      default -> "-";
    };
  }

  static SmtpStatusCodeInfo info(SmtpReply reply) {
    return reply.getCode().getValueDescriptor().getOptions().getExtension(StatusCodeInfo.statusCodeInfo);
  }

  public static void main(String[] arguments) {
    Scanner lines = new Scanner(System.in);
    while (lines.hasNextLine()) {
      String[] parts = lines.nextLine().split(" ", 2);
      String result;
      try {
        result = answer(parts[0], parts[1]);
      } catch (Exception error) {
        result = "error: " + error.getClass().getSimpleName() + ": " + error.getMessage();
      }
      System.out.println(result.split("\n")[0]);
    }
  }
}
