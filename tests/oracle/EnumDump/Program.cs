// Prints every enum of .NET assemblies, read with System.Reflection.Metadata: one JSON object a line.
//
//     EnumDump [--count] FILE_OR_FOLDER...
//
// --count reads just as much, and prints two totals: enums, members. Files without intact metadata are skipped.

using System.Buffers;
using System.Globalization;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.Json;

bool count = args is ["--count", ..];
(long enums, long members) = (0, 0);
using var output = new StreamWriter(Console.OpenStandardOutput());
foreach (string path in args.Skip(count ? 1 : 0).SelectMany(Files))
{
    foreach (EnumShape shape in Assemblies.Enums(path))
    {
        enums++;
        members += shape.Members.Count;
        if (!count) output.Write($"{Json(path, shape)}\n");
    }
}
if (count) output.Write($"{enums} {members}\n");

static IEnumerable<string> Files(string root) => !Directory.Exists(root) ? [root]
    : Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".dll" or ".exe").Order(StringComparer.Ordinal);

static string Json(string path, EnumShape shape) => JsonSerializer.Serialize(new
{
    assembly = path,
    full_name = shape.FullName,
    underlying = $"System.{shape.Underlying}",
    members = shape.Members.Select(member => new object[] { member.Name, member.Number }),
});

/// <summary>An enum in the order of its metadata. A decimal holds every Int64 and every UInt64.</summary>
internal sealed record EnumShape(
    string FullName, PrimitiveTypeCode Underlying, List<(string Name, decimal Number)> Members);

internal static class Assemblies
{
    private static readonly SearchValues<char> Escaped = SearchValues.Create("\\[]+*&,");

    public static List<EnumShape> Enums(string path)
    {
        try
        {
            using var image = new PEReader(File.OpenRead(path), PEStreamOptions.PrefetchMetadata);
            return image.HasMetadata ? Enums(image.GetMetadataReader()) : [];
        }
        catch (BadImageFormatException)
        {
            return [];
        }
    }

    private static List<EnumShape> Enums(MetadataReader reader)
    {
        var found = new List<EnumShape>();
        var bases = new Dictionary<EntityHandle, bool>();  // whether the base type is System.Enum
        foreach (TypeDefinitionHandle handle in reader.TypeDefinitions)
        {
            TypeDefinition type = reader.GetTypeDefinition(handle);
            if (!bases.TryGetValue(type.BaseType, out bool isEnum))
                bases.Add(type.BaseType, isEnum = IsSystemEnum(reader, type.BaseType));
            if (isEnum) found.Add(Shape(reader, type));
        }
        return found;
    }

    private static bool IsSystemEnum(MetadataReader reader, EntityHandle type)
    {
        if (type.IsNil || type.Kind == HandleKind.TypeSpecification) return false;
        StringHandle space, name;
        if (type.Kind == HandleKind.TypeReference)
        {
            TypeReference reference = reader.GetTypeReference((TypeReferenceHandle)type);
            (space, name) = (reference.Namespace, reference.Name);
        }
        else  // only the core library defines System.Enum itself
        {
            TypeDefinition definition = reader.GetTypeDefinition((TypeDefinitionHandle)type);
            (space, name) = (definition.Namespace, definition.Name);
        }
        return reader.StringComparer.Equals(name, "Enum") && reader.StringComparer.Equals(space, "System");
    }

    private static EnumShape Shape(MetadataReader reader, TypeDefinition type)
    {
        var members = new List<(string, decimal)>();
        PrimitiveTypeCode underlying = default;
        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = reader.GetFieldDefinition(handle);
            if (field.Attributes.HasFlag(FieldAttributes.Literal))
            {
                Constant constant = reader.GetConstant(field.GetDefaultValue());
                if (constant.TypeCode is < ConstantTypeCode.SByte or > ConstantTypeCode.UInt64)
                    throw new BadImageFormatException($"a member of type {constant.TypeCode}");
                object? number = reader.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode);
                members.Add((reader.GetString(field.Name), Convert.ToDecimal(number, CultureInfo.InvariantCulture)));
            }
            else if (!field.Attributes.HasFlag(FieldAttributes.Static))  // the field that holds the value
            {
                BlobReader signature = reader.GetBlobReader(field.Signature);
                signature.ReadSignatureHeader();
                underlying = (PrimitiveTypeCode)signature.ReadSignatureTypeCode();
            }
        }
        return new EnumShape(FullName(reader, type), underlying, members);
    }

    // Return Type.FullName, with its escapes.
    private static string FullName(MetadataReader reader, TypeDefinition type)
    {
        string space = reader.GetString(type.Namespace);
        string name = Escape(space.Length == 0 ? reader.GetString(type.Name) : $"{space}.{reader.GetString(type.Name)}");
        return !type.IsNested ? name : $"{FullName(reader, reader.GetTypeDefinition(type.GetDeclaringType()))}+{name}";
    }

    private static string Escape(string name) => !name.AsSpan().ContainsAny(Escaped) ? name
        : string.Concat(name.Select(character => Escaped.Contains(character) ? $"\\{character}" : $"{character}"));
}
