// Types and methods that .NET Standard 2.0 lacks. The compiler uses these as if the platform had them.
#if NETSTANDARD
using System.Runtime.CompilerServices;

namespace System.Runtime.CompilerServices
{
    internal static class IsExternalInit;  // records

    [AttributeUsage(AttributeTargets.Parameter)]
    internal sealed class CallerArgumentExpressionAttribute(string parameterName) : Attribute
    {
        public string ParameterName { get; } = parameterName;
    }
}

namespace SmtpStatus
{
    internal static class NetStandard
    {
        extension(ArgumentNullException)
        {
            internal static void ThrowIfNull(
                object? argument, [CallerArgumentExpression(nameof(argument))] string? parameterName = null)
            {
                if (argument is null) throw new ArgumentNullException(parameterName);
            }
        }

        internal static bool EndsWith(this string text, char character) =>
            text.Length > 0 && text[text.Length - 1] == character;
    }
}
#endif
