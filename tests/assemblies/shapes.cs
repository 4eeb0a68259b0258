// Enums in every shape that C# can give them, among constants that belong to none.

using System;
using System.Reflection;

[assembly: AssemblyVersion("1.2.3.0")]

public enum InGlobalNamespace { Only = 1 }

namespace Shapes
{
    public enum OfSByte : sbyte { Zero, Min = sbyte.MinValue, Max = sbyte.MaxValue }
    public enum OfByte : byte { Min, Max = byte.MaxValue }
    public enum OfInt16 : short { Zero, Min = short.MinValue, Max = short.MaxValue }
    public enum OfUInt16 : ushort { Min, Max = ushort.MaxValue }
    public enum OfInt32 : int { Zero, Min = int.MinValue, Max = int.MaxValue }
    public enum OfUInt32 : uint { Min, Max = uint.MaxValue }
    public enum OfInt64 : long { Zero, Min = long.MinValue, Max = long.MaxValue }
    public enum OfUInt64 : ulong { Min, Max = ulong.MaxValue }

    public enum Empty { }

    public enum Duplicates { First = 1, Second = 2, Uno = 1, Dos = 2, Default = First }

    [Flags]
    public enum Rights { None = 0, Read = 1, Write = 2, Both = Read | Write, All = -1 }

    public enum Größe { Klein, Groß, 中 = 550, Велика = -1 }

    internal enum Hidden { Value = 7 }

    public class Outer
    {
        public class Middle
        {
            public enum Nested { Deep = 2 }
        }

        private enum Private { Value = 8 }

        internal enum Internal { Value = 9 }
    }

    public class Generic<TKey, TValue>
    {
        public enum Nested { InGeneric = 3 }

        public class Inner<TItem>
        {
            public enum Nested { InBoth = 4 }
        }
    }

    // Each of these has a row in the table of constants too, and none is a member of an enum.
    public static class NotMembers
    {
        public const int Integer = 550;
        public const ulong Unsigned = ulong.MaxValue;
        public const string Text = "550";
        public const object Null = null;
        public const Rights Enumerated = Rights.Both;
        public const Outer.Middle.Nested Nested = Outer.Middle.Nested.Deep;
        public static readonly Rights NotConstant = Rights.Read;

        public static long Optional(int number = 551, OfUInt64 wide = OfUInt64.Max, string text = "x", double real = 5.5) =>
            number + (long)wide + text.Length + (long)real;
    }

    public struct LikeAnEnum
    {
        public const int Member = 1;
        public int value__;
    }
}
