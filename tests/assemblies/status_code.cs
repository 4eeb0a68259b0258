// Aspose's enum, as the shared one has it, and the ways in which a copy of it can go wrong.
// build.py compiles it once per variant, with the variant's name as the symbol.

using System.Reflection;

[assembly: AssemblyVersion("1.2.3.0")]

#if ELSEWHERE
namespace Other.Mail
#else
namespace Aspose.Email.Clients.Smtp
#endif
{
#if NOT_AN_ENUM
    public static class SmtpStatusCode
    {
        public const int Ok = 250;
    }
#else
    public enum SmtpStatusCode
#if UNDERLYING
        : long
#endif
    {
        NotDefined = 0,
        GeneralFailure = -1,
        SystemStatus = 211,
        HelpMessage = 214,
        ServiceReady = 220,
        ServiceClosingTransmissionChannel = 221,
        AuthenticationSucceeded = 235,
        Ok = 250,
#if ALIAS
        Okay = 250,
#endif
        UserNotLocalWillForward = 251,
        CannotVerifyUserWillAttemptDelivery = 252,
        Base64Response = 334,
        StartMailInput = 354,
        ServiceNotAvailable = 421,
        PasswordTransitionNeeded = 432,
#if NUMBER
        MailboxBusy = 459,
#else
        MailboxBusy = 450,
#endif
        LocalErrorInProcessing = 451,
        InsufficientStorage = 452,
        ClientNotPermitted = 454,
        CommandUnrecognized = 500,
        SyntaxError = 501,
        CommandNotImplemented = 502,
        CommandNotPermitted = 503,
        UnrecognizedAuthenticationType = 504,
        AuthenticationRequired = 530,
        AuthenticationMechanismIsToWeak = 534,
        CredentialsInvalid = 535,
        EncryptionRequiredRequestedMechanism = 538,
#if NAME
        MailboxNotFound = 550,
#else
        MailboxUnavailable = 550,
#endif
        UserNotLocalTryAlternatePath = 551,
        ExceededStorageAllocation = 552,
        MailboxNameNotAllowed = 553,
#if !MISSING
        TransactionFailed = 554,
#endif
#if EXTRA
        ParametersNotRecognized = 555,
#endif
    }
#endif
}
