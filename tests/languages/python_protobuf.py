"""Google's protobuf for Python."""

from answers import answer
from google.protobuf import json_format

from smtpstatus.v1 import SmtpReply, SmtpStatusCode
from smtpstatus.v1.status_code_info_pb2 import SmtpStatusCodeInfo, status_code_info


def reply(wire: str) -> SmtpReply:
    return SmtpReply.FromString(bytes.fromhex(wire))


def info(wire: str) -> SmtpStatusCodeInfo:
    value = SmtpReply.DESCRIPTOR.fields_by_name["code"].enum_type.values_by_number[reply(wire).code]
    return value.GetOptions().Extensions[status_code_info]


answer(
    {
        "number": lambda wire: int(reply(wire).code),
        "name": lambda wire: SmtpStatusCode.Name(reply(wire).code),
        "wire": lambda wire: reply(wire).SerializeToString().hex(),
        "to_json": lambda wire: json_format.MessageToJson(reply(wire), indent=None),
        "from_json": lambda text: json_format.Parse(text, SmtpReply()).SerializeToString().hex(),
        "summary": lambda wire: info(wire).summary,
        "sources": lambda wire: ", ".join(info(wire).sources),
    }
)
