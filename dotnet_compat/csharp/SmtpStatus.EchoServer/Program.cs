// A gRPC server with reflection, for the tests of both languages. It prints its address, and stops at the end of
// its standard input, so that it does not outlive the process that started it.

using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using SmtpStatus.EchoServer;

WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.ConfigureKestrel(options =>
    options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.Protocols = HttpProtocols.Http2));
builder.Services.AddGrpc();
builder.Services.AddGrpcReflection();

await using WebApplication app = builder.Build();
app.MapGrpcService<EchoService>();
app.MapGrpcReflectionService();
await app.StartAsync();
string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
Console.WriteLine(new Uri(address).Authority);
await Console.In.ReadToEndAsync();
await app.StopAsync();
