using System.Globalization;
using Google.Protobuf.Reflection;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>
/// What the outcome of a delivery means: whether to try again, what to answer, and who has to act.
/// </summary>
/// <remarks>
/// One decision, made of the options of the shared source and of nothing else: code, enhanced status code and stage lead
/// to a <see cref="DeliveryCondition"/>, and all else follows from that. No rule looks into the words of a reply.
/// Python's <c>smtpstatus.meaning</c> decides alike.
/// </remarks>
public static class DeliveryConditions
{
    private static readonly Dictionary<int, (string ProtoName, DeliveryConditionInfo Info)> Listed =
        Enum(DeliveryConditionReflection.Descriptor, nameof(DeliveryCondition)).Values.ToDictionary(
            value => value.Number,
            value => (value.Name,
                value.GetOptions().GetExtension(DeliveryConditionExtensions.DeliveryConditionInfo)));

    private static readonly CodeFacts Actions = new(Enum(DeliveryReflection.Descriptor, nameof(DeliveryAction)));

    private static readonly ConditionRule Nothing = new();

    /// <summary>Returns what became of a recipient, and so what was wrong.</summary>
    /// <remarks>
    /// What a delivery report says was done comes first; a delayed mail is no failure. Then comes the reply; where a 2yz
    /// or 3yz was taken for a failure, client and server did not understand each other. Where there was no reply, it is
    /// what the client stored in the message, or what the status of a report says.
    /// </remarks>
    public static DeliveryCondition Of(DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (Actions.Find((int)status.Action)?.Means is { Count: > 0 } told) return told[0].Condition;
        SmtpReply reply = status.Reply ?? new SmtpReply();
        bool hasFailed = status.LocalError.Length > 0 || status.Action == DeliveryAction.Failed;
        if (hasFailed && ReplyClass(status) is 2 or 3) return DeliveryCondition.ProtocolError;
        if ((int)reply.Code is >= 200 and < 600)
            return Decide(reply.Code, reply.EnhancedCode.Length > 0 ? reply.EnhancedCode : status.Status, status.Stage);
        DeliveryCondition stored = status.Condition != DeliveryCondition.NotDefined ? status.Condition
            : Decide(Known(status), status.Status, status.Stage);
        DeliveryCondition lost = InfoOf(stored).WhenReplyLost;
        return status.Stage == SmtpStage.Content && lost != DeliveryCondition.NotDefined ? lost : stored;
    }

    /// <summary>Returns what a reply means.</summary>
    /// <param name="code">
    /// The code; 0 where only the enhanced status code is known, whose class then stands for the first digit, as it does
    /// for every number that is no reply code.
    /// </param>
    /// <param name="enhancedCode">
    /// As <c>5.1.1</c>, or empty. What is no enhanced status code, or is of another class than the code (RFC 2034 4), says
    /// nothing.
    /// </param>
    /// <param name="stage">What the reply answered.</param>
    public static DeliveryCondition Decide(
        SmtpStatusCode code, string enhancedCode = "", SmtpStage stage = SmtpStage.NotDefined)
    {
        int classOfDetail = ClassOf(enhancedCode);
        int replyClass = (int)code is >= 200 and < 600 ? (int)code / 100 : classOfDetail;
        // A 2yz is not asked for its enhanced status code.
        EnhancedStatusCode subjectAndDetail = classOfDetail > 2 && classOfDetail == replyClass
            ? EnhancedStatusCodes.Parse(enhancedCode) : EnhancedStatusCode.NotDefined;
        bool isBare = subjectAndDetail == EnhancedStatusCode.NotDefined;
        ConditionRule own = Rule(SmtpStatusCodes.RulesOf(code), stage, replyClass, isBare);
        ConditionRule detail = Rule(EnhancedStatusCodes.FactsOf(subjectAndDetail).Means, stage, replyClass);
        ConditionRule byClass = Rule(SmtpStatusCodes.RulesOfClass(replyClass), stage, replyClass);
        bool isOwnFirst = own.Rank == ConditionRank.Decisive || detail.Rank == ConditionRank.Weak;
        foreach (ConditionRule rule in isOwnFirst ? [own, detail, byClass] : new[] { detail, own, byClass })
        {
            DeliveryCondition found = AtStage(rule.Condition, stage, replyClass);
            if (found != DeliveryCondition.NotDefined) return found;
        }
        return DeliveryCondition.NotDefined;
    }

    /// <summary>Whether the same mail may reach this recipient later, without anything being changed.</summary>
    /// <remarks>
    /// As its condition says: yes after a 4yz, no after a 5yz (RFC 5321 4.2.1), but for a few conditions; without a reply,
    /// where it may come right by itself. Where the answer is no, <see cref="Reason"/> says who has to act first.
    /// </remarks>
    public static bool ShouldRetry(this DeliveryStatus status) => Answer(status).Retry;

    /// <summary>
    /// Returns the number of the <c>google.rpc.Code</c> with which a service answers; 0, OK, where nothing failed.
    /// </summary>
    public static int RpcCode(this DeliveryStatus status) => Answer(status).RpcCode;

    /// <summary>Returns whom a condition counts against: who has to act.</summary>
    public static DeliveryParty CountsAgainst(this DeliveryCondition condition) => InfoOf(condition).CountsAgainst;

    /// <summary>
    /// Returns why a condition is tried again; where it is not, who has to do what first. An English sentence.
    /// </summary>
    public static string Reason(this DeliveryCondition condition) => InfoOf(condition).Reason;

    /// <summary>Returns one line about it: in Chinese where the culture is Chinese, else in English.</summary>
    /// <param name="condition">The condition; one that is not listed has the facts of <c>NotKnown</c>.</param>
    /// <param name="culture">By default, <see cref="CultureInfo.CurrentUICulture"/>.</param>
    public static string Summary(this DeliveryCondition condition, CultureInfo? culture = null) =>
        CodeFacts.In(culture, InfoOf(condition).Summary, InfoOf(condition).SummaryZh);

    /// <summary>Returns the name in protobuf's JSON, or the digits.</summary>
    public static string ProtoName(this DeliveryCondition condition) =>
        Listed.TryGetValue((int)condition, out var found) ? found.ProtoName
        : ((int)condition).ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the answer of a condition to a reply of this class; 0 where there was none.</summary>
    internal static (bool Retry, int RpcCode) Answer(DeliveryCondition condition, int replyClass)
    {
        DeliveryConditionInfo info = InfoOf(condition);
        bool retry = info.Retry switch
        {
            RetryRule.Always => true,
            RetryRule.After4Yz => replyClass == 4,
            RetryRule.After4YzOrNoReply => replyClass is 4 or < 2 or > 5,
            _ => false,
        };
        return (retry, retry ? info.RetryRpcCode : info.RpcCode);
    }

    private static (bool Retry, int RpcCode) Answer(DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Answer(Of(status), ReplyClass(status));
    }

    // The first digit of the reply, or of the status of a delivery report; 0 where there is neither.
    private static int ReplyClass(DeliveryStatus status) =>
        (int)(status.Reply?.Code ?? 0) is >= 200 and < 600 and var code ? code / 100 : ClassOf(status.Status);

    // The code, or 0 where only the status of a delivery report is known.
    private static SmtpStatusCode Known(DeliveryStatus status)
    {
        SmtpStatusCode code = status.Reply?.Code ?? SmtpStatusCode.NotDefined;
        return code == SmtpStatusCode.GeneralFailure && status.Status.Length > 0 ? SmtpStatusCode.NotDefined : code;
    }

    // 0 for what is no enhanced status code.
    private static int ClassOf(string enhancedCode) =>
        EnhancedStatusCodes.TryParse(enhancedCode, out _) && char.IsDigit(enhancedCode[0]) ? enhancedCode[0] - '0' : 0;

    private static ConditionRule Rule(
        IEnumerable<ConditionRule> rules, SmtpStage stage, int replyClass, bool isBare = true) =>
        rules.FirstOrDefault(rule =>
            (rule.Stages.Count == 0 || rule.Stages.Contains(stage))
            && (rule.ReplyClass == 0 || rule.ReplyClass == replyClass)
            && (isBare || !rule.IsBare)) ?? Nothing;

    // What a condition is at a stage: itself, or another one, or nothing, where it cannot be the case.
    private static DeliveryCondition AtStage(DeliveryCondition condition, SmtpStage stage, int replyClass)
    {
        ConditionRule instead = Rule(InfoOf(condition).Instead, stage, replyClass);
        return ReferenceEquals(instead, Nothing) ? condition : instead.Condition;
    }

    private static DeliveryConditionInfo InfoOf(DeliveryCondition condition) =>
        Listed.TryGetValue((int)condition, out var found) ? found.Info : Listed[(int)DeliveryCondition.NotKnown].Info;

    private static EnumDescriptor Enum(FileDescriptor file, string name) =>
        file.EnumTypes.Single(type => type.Name == name);
}
