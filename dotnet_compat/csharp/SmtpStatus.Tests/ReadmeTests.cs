using SmtpStatus;
using Xunit;

namespace Team.Tests;

public enum Day { Sunday, Monday, Tuesday, Wednesday, Thursday, Friday, Saturday }  // or what protoc generated

public class DayTests
{
    [Fact]
    public void Our_days_are_those_of_dotnet()
    {
        EnumParityReport report = EnumParity.Compare<Day, DayOfWeek>();
        Assert.True(report.Agrees, report.ToString());
    }
}
