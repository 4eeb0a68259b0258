# Generated from proto/smtpstatus/v1/*.proto. Do not edit.
# Run `python scripts/generate.py` to regenerate.

from smtpstatus.v1.delivery_condition_pb2 import ConditionRank as ConditionRank
from smtpstatus.v1.delivery_condition_pb2 import ConditionRule as ConditionRule
from smtpstatus.v1.delivery_pb2 import DeliveryAction as DeliveryAction
from smtpstatus.v1.delivery_condition_pb2 import DeliveryCondition as DeliveryCondition
from smtpstatus.v1.delivery_condition_pb2 import DeliveryConditionInfo as DeliveryConditionInfo
from smtpstatus.v1.delivery_condition_pb2 import DeliveryParty as DeliveryParty
from smtpstatus.v1.delivery_pb2 import DeliveryStatus as DeliveryStatus
from smtpstatus.v1.enhanced_status_code_pb2 import EnhancedStatusCode as EnhancedStatusCode
from smtpstatus.v1.delivery_condition_pb2 import RetryRule as RetryRule
from smtpstatus.v1.rpc_code_pb2 import RpcCode as RpcCode
from smtpstatus.v1.delivery_pb2 import SmtpReply as SmtpReply
from smtpstatus.v1.smtp_reply_class_pb2 import SmtpReplyClass as SmtpReplyClass
from smtpstatus.v1.smtp_stage_pb2 import SmtpStage as SmtpStage
from smtpstatus.v1.smtp_status_code_pb2 import SmtpStatusCode as SmtpStatusCode
from smtpstatus.v1.status_code_info_pb2 import SmtpStatusCodeInfo as SmtpStatusCodeInfo
from smtpstatus.v1.unlisted_status_code_pb2 import UnlistedStatusCode as UnlistedStatusCode
