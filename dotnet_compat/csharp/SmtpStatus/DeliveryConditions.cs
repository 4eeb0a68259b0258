using System.Globalization;
using Google.Protobuf.Reflection;
using SmtpStatus.V1;

namespace SmtpStatus;

/// <summary>
/// What the outcome of a delivery means: whether to try again, what to answer, and who has to act.
/// </summary>
/// <remarks>
/// One decision, made from the options of the shared source and nothing else: code, enhanced status code and stage lead
/// to a <see cref="DeliveryCondition"/>, and everything else follows from that. No rule looks into the text of a reply.
/// Python's <c>smtpstatus.meaning</c> decides in the same way.
/// </remarks>
public static class DeliveryConditions
{
    private static readonly Dictionary<int, (string ProtoName, DeliveryConditionInfo Info)> Listed =
        Enum(DeliveryConditionReflection.Descriptor, nameof(DeliveryCondition)).Values.ToDictionary(
            value => value.Number,
            value => (value.Name,
                value.GetOptions().GetExtension(DeliveryConditionExtensions.DeliveryConditionInfo)));

    private static readonly CodeFacts Actions = new(Enum(DeliveryReflection.Descriptor, nameof(DeliveryAction)));

    private static readonly ConditionRule NoRule = new();

    /// <summary>Returns what became of a recipient, and what was wrong if the delivery failed.</summary>
    /// <remarks>
    /// The action of a delivery report decides first, if it has a meaning of its own; a delayed mail is not a failure.
    /// Then the reply decides; if a 2yz or 3yz was taken for a failure, client and server misunderstood each other. If
    /// there was no reply, the condition that the client stored decides, or else the status of a report.
    /// </remarks>
    public static DeliveryCondition Of(DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        if (Actions.Find((int)status.Action)?.Means is { Count: > 0 } rules) return rules[0].Condition;
        SmtpReply reply = status.Reply ?? new SmtpReply();
        bool hasFailed = status.LocalError.Length > 0 || status.Action == DeliveryAction.Failed;
        if (hasFailed && ReplyClass(status) is 2 or 3) return DeliveryCondition.ProtocolError;
        if ((int)reply.Code is >= 200 and < 600)
            return Decide(reply.Code, reply.EnhancedCode.Length > 0 ? reply.EnhancedCode : status.Status, status.Stage);
        DeliveryCondition stored = status.Condition != DeliveryCondition.NotDefined ? status.Condition
            : Decide(ReplyCode(status), status.Status, status.Stage);
        DeliveryCondition lost = InfoOf(stored).WhenReplyLost;
        return status.Stage == SmtpStage.Content && lost != DeliveryCondition.NotDefined ? lost : stored;
    }

    /// <summary>Returns what a reply means.</summary>
    /// <param name="code">
    /// The code; 0 if only the enhanced status code is known. For every number that is not a reply code, the class of
    /// the enhanced status code stands for the first digit.
    /// </param>
    /// <param name="enhancedCode">
    /// For example <c>5.1.1</c>, or empty. A text that is not an enhanced status code, or has another class than the
    /// code (RFC 2034 4), is ignored.
    /// </param>
    /// <param name="stage">What the reply answered.</param>
    public static DeliveryCondition Decide(
        SmtpStatusCode code, string enhancedCode = "", SmtpStage stage = SmtpStage.NotDefined)
    {
        int classOfDetail = ClassOf(enhancedCode);
        int replyClass = (int)code is >= 200 and < 600 ? (int)code / 100 : classOfDetail;
        // The enhanced status code of a 2yz is ignored.
        EnhancedStatusCode subjectAndDetail = classOfDetail > 2 && classOfDetail == replyClass
            ? EnhancedStatusCodes.Parse(enhancedCode) : EnhancedStatusCode.NotDefined;
        bool isBare = subjectAndDetail == EnhancedStatusCode.NotDefined;
        ConditionRule byCode = Rule(SmtpStatusCodes.RulesOf(code), stage, replyClass, isBare);
        ConditionRule byDetail = Rule(EnhancedStatusCodes.FactsOf(subjectAndDetail).Means, stage, replyClass);
        ConditionRule byClass = Rule(SmtpStatusCodes.RulesOfClass(replyClass), stage, replyClass);
        bool isCodeFirst = byCode.Rank == ConditionRank.Decisive || byDetail.Rank == ConditionRank.Weak;
        foreach (ConditionRule rule in isCodeFirst ? [byCode, byDetail, byClass] : new[] { byDetail, byCode, byClass })
        {
            DeliveryCondition condition = AtStage(rule.Condition, stage, replyClass);
            if (condition != DeliveryCondition.NotDefined) return condition;
        }
        return DeliveryCondition.NotDefined;
    }

    /// <summary>Whether the same mail may reach this recipient later if nothing is changed.</summary>
    /// <remarks>
    /// The condition decides: yes after a 4yz, no after a 5yz (RFC 5321 4.2.1), except for a few conditions; without a
    /// reply, yes if the cause may pass by itself. If the answer is no, <see cref="Reason"/> says who has to act first.
    /// </remarks>
    public static bool ShouldRetry(this DeliveryStatus status) => Answer(status).Retry;

    /// <summary>
    /// Returns the code with which a service answers; <see cref="RpcCode.Ok"/> if nothing failed.
    /// </summary>
    public static RpcCode RpcCode(this DeliveryStatus status) => Answer(status).RpcCode;

    /// <summary>Returns the party that a condition counts against and that has to act.</summary>
    public static DeliveryParty CountsAgainst(this DeliveryCondition condition) => InfoOf(condition).CountsAgainst;

    /// <summary>
    /// Returns an English sentence that says why to try again or, if not, who has to do what first.
    /// </summary>
    public static string Reason(this DeliveryCondition condition) => InfoOf(condition).Reason;

    /// <summary>Returns one line about the condition: in Chinese if the culture is Chinese, else in English.</summary>
    /// <param name="condition">The condition; an unlisted one has the facts of <c>NotKnown</c>.</param>
    /// <param name="culture">By default, <see cref="CultureInfo.CurrentUICulture"/>.</param>
    public static string Summary(this DeliveryCondition condition, CultureInfo? culture = null) =>
        CodeFacts.In(culture, InfoOf(condition).Summary, InfoOf(condition).SummaryZh);

    /// <summary>Returns one line about the condition: in Chinese if the language is Chinese, else in English.</summary>
    /// <param name="condition">The condition, listed or not.</param>
    /// <param name="language">
    /// A language tag (BCP 47) such as <c>zh</c>. It needs no <see cref="CultureInfo"/>, which a program in invariant
    /// globalization mode cannot make.
    /// </param>
    public static string Summary(this DeliveryCondition condition, string language) =>
        CodeFacts.In(language, InfoOf(condition).Summary, InfoOf(condition).SummaryZh);

    /// <summary>Returns the name in protobuf's JSON, or the digits.</summary>
    public static string ProtoName(this DeliveryCondition condition) =>
        Listed.TryGetValue((int)condition, out var found) ? found.ProtoName
        : ((int)condition).ToString(CultureInfo.InvariantCulture);

    /// <summary>Returns the answer of a condition to a reply of this class (0: there was no reply).</summary>
    internal static (bool Retry, RpcCode RpcCode) Answer(DeliveryCondition condition, int replyClass)
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

    private static (bool Retry, RpcCode RpcCode) Answer(DeliveryStatus status)
    {
        ArgumentNullException.ThrowIfNull(status);
        return Answer(Of(status), ReplyClass(status));
    }

    // The first digit of the reply, or of the status of a delivery report; 0 if there is neither.
    private static int ReplyClass(DeliveryStatus status) =>
        (int)(status.Reply?.Code ?? 0) is >= 200 and < 600 and var code ? code / 100 : ClassOf(status.Status);

    // The code, or 0 if only the status of a delivery report is known.
    private static SmtpStatusCode ReplyCode(DeliveryStatus status)
    {
        SmtpStatusCode code = status.Reply?.Code ?? SmtpStatusCode.NotDefined;
        return code == SmtpStatusCode.GeneralFailure && status.Status.Length > 0 ? SmtpStatusCode.NotDefined : code;
    }

    // 0 for a text that is not an enhanced status code, and for class X.
    private static int ClassOf(string enhancedCode) =>
        EnhancedStatusCodes.TryParse(enhancedCode, out _) && char.IsDigit(enhancedCode[0]) ? enhancedCode[0] - '0' : 0;

    private static ConditionRule Rule(
        IEnumerable<ConditionRule> rules, SmtpStage stage, int replyClass, bool isBare = true) =>
        rules.FirstOrDefault(rule =>
            (rule.Stages.Count == 0 || rule.Stages.Contains(stage))
            && (rule.ReplyClass == 0 || rule.ReplyClass == replyClass)
            && (isBare || !rule.IsBare)) ?? NoRule;

    // The condition that this one becomes at a stage: itself, another one, or NotDefined if it cannot occur there.
    private static DeliveryCondition AtStage(DeliveryCondition condition, SmtpStage stage, int replyClass)
    {
        ConditionRule instead = Rule(InfoOf(condition).Instead, stage, replyClass);
        return ReferenceEquals(instead, NoRule) ? condition : instead.Condition;
    }

    private static DeliveryConditionInfo InfoOf(DeliveryCondition condition) =>
        Listed.TryGetValue((int)condition, out var found) ? found.Info : Listed[(int)DeliveryCondition.NotKnown].Info;

    private static EnumDescriptor Enum(FileDescriptor file, string name) =>
        file.EnumTypes.Single(type => type.Name == name);
}
