// Prints the enums of .NET assemblies as a runtime sees them. Each line of standard input is a path, and is answered by a
// line: one JSON object. A runtime that does not survive an assembly gives no answer to it.

using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text;

internal static class Program
{
    private static void Main()
    {
        var utf8 = new UTF8Encoding(false);
        using var output = new StreamWriter(Console.OpenStandardOutput(), utf8) { AutoFlush = true };
        using var input = new StreamReader(Console.OpenStandardInput(), utf8);
        while (input.ReadLine() is string path) output.Write($"{Answer(path)}\n");
    }

    private static string Answer(string path)
    {
        try
        {
            var enums = new List<string>();
            var problems = new List<string>();
            foreach (Type type in Types(Assembly.LoadFile(path), problems))
            {
                try
                {
                    if (type.IsEnum) enums.Add(Json(type));
                }
                catch (Exception error)  // a runtime may refuse an enum in any way
                {
                    problems.Add(Text(error));
                }
            }
            return $"{{\"path\":{Quote(path)},\"enums\":[{string.Join(",", enums)}],\"problems\":{Quotes(problems)}}}";
        }
        catch (Exception error)
        {
            return $"{{\"path\":{Quote(path)},\"enums\":[],\"problems\":{Quotes([Text(error)])}}}";
        }
    }

    private static IEnumerable<Type> Types(Assembly assembly, List<string> problems)
    {
        try
        {
            return assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException error)
        {
            problems.AddRange(error.LoaderExceptions.Select(Text));
            return error.Types.Where(type => type != null);
        }
    }

    // The names and numbers are those of Enum.GetNames and Enum.GetValues. These sort them, so the declared order is apart.
    private static string Json(Type type)
    {
        bool isChar = Enum.GetUnderlyingType(type) == typeof(char);
        IEnumerable<string> numbers = Enum.GetValues(type).Cast<object>()
            .Select(value => isChar ? ((int)(char)value).ToString() : Enum.Format(type, value, "D"));
        IEnumerable<string> members = Enum.GetNames(type).Zip(numbers, (name, number) => $"[{Quote(name)},{number}]");
        const BindingFlags Static = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        IEnumerable<string> declared = type.GetFields(Static).Select(field => field.Name);
        return $"{{\"full_name\":{Quote(type.FullName)},\"underlying\":{Quote(Enum.GetUnderlyingType(type).FullName)},"
            + $"\"members\":[{string.Join(",", members)}],\"declared\":{Quotes(declared)}}}";
    }

    private static string Text(Exception error) => $"{error.GetType().Name}: {error.Message}";

    private static string Quotes(IEnumerable<string> texts) => $"[{string.Join(",", texts.Select(Quote))}]";

    private static string Quote(string text)
    {
        IEnumerable<string> characters = text.Select(
            character => character is < ' ' or > '~' or '"' or '\\' ? $"\\u{(int)character:x4}" : $"{character}");
        return $"\"{string.Concat(characters)}\"";
    }
}
