// grpc_server: a real gRPC server with its health service: prints its port, obeys signals.
// SPDX-License-Identifier: Apache-2.0
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <csignal>
#include <cstdio>
#include <memory>

// grpc_server SERVICE: SIGUSR1 takes the service down, SIGUSR2 up again, SIGTERM ends.
int main(int count, char** arguments) {
  if (count != 2) return 2;
  sigset_t obeyed;
  sigemptyset(&obeyed);
  for (const int number : {SIGUSR1, SIGUSR2, SIGTERM}) sigaddset(&obeyed, number);
  sigprocmask(SIG_BLOCK, &obeyed, nullptr);

  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  // Answers that it implements nothing else; without any service there is nobody to poll.
  grpc::CallbackGenericService others;
  builder.RegisterCallbackGenericService(&others);
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr || port == 0) return 1;
  server->GetHealthCheckService()->SetServingStatus(arguments[1], true);
  std::printf("port %d\n", port);
  std::fflush(stdout);
  int seen = 0;
  while (sigwait(&obeyed, &seen) == 0 && seen != SIGTERM)
    server->GetHealthCheckService()->SetServingStatus(arguments[1], seen == SIGUSR2);
  server->Shutdown();
  return 0;
}
