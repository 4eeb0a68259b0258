// What is left behind where a type moves to another assembly.

using System.Reflection;
using System.Runtime.CompilerServices;

[assembly: AssemblyVersion("1.2.3.0")]
[assembly: TypeForwardedTo(typeof(Aspose.Email.Clients.Smtp.SmtpStatusCode))]
