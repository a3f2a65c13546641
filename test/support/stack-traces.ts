// Jest sets 100. The service makes an error for each refusal, and Jest maps every line of its stack to the source.
Error.stackTraceLimit = 10;
