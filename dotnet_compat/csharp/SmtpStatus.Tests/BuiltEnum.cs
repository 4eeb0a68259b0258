using System.Globalization;
using System.Reflection;
using System.Reflection.Emit;

namespace SmtpStatus.Tests;

/// <summary>Enums that C# cannot declare: two of one full name, or made from data.</summary>
internal static class BuiltEnum
{
    /// <summary>Returns an enum out of a new assembly of its own.</summary>
    internal static Type Define(
        string assembly, string fullName, Type underlying, params IEnumerable<KeyValuePair<string, decimal>> members)
    {
        EnumBuilder builder = AssemblyBuilder
            .DefineDynamicAssembly(new AssemblyName(assembly), AssemblyBuilderAccess.Run)
            .DefineDynamicModule("Module")
            .DefineEnum(fullName, TypeAttributes.Public, underlying);
        foreach ((string name, decimal number) in members)
        {
            object literal = underlying == typeof(char)
                ? (char)number : Convert.ChangeType(number, underlying, CultureInfo.InvariantCulture);
            builder.DefineLiteral(name, literal);
        }
        return builder.CreateType();
    }
}
