// peer_grpc: gRPC C++: unary calls with callbacks, or one bidirectional stream; streams one way.
// SPDX-License-Identifier: Apache-2.0
#include "driver.h"
#include "echo.grpc.pb.h"
#include "tls/certs.h"

#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>

namespace {

namespace bench = mw::bench;
using mw_bench::blob;
using stub = mw_bench::bench::Stub;

constexpr int size_max = 16 * 1024 * 1024;

// Unary calls are answered on gRPC's own threads, streams by one thread each.
class service final : public mw_bench::bench::WithCallbackMethod_echo<mw_bench::bench::Service> {
 public:
  explicit service(bench::counts_page& counts) : counts_(counts) {}

  grpc::ServerUnaryReactor* echo(grpc::CallbackServerContext* context, const blob* request,
                                 blob* reply) override {
    counts_.add_shared(1, request->body().size());
    reply->set_body(request->body());
    auto* const reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  grpc::Status stream(grpc::ServerContext*, grpc::ServerReaderWriter<blob, blob>* stream) override {
    blob message;
    while (stream->Read(&message)) {
      counts_.add_shared(1, message.body().size());
      stream->Write(message);
    }
    return grpc::Status::OK;
  }

  grpc::Status sink(grpc::ServerContext*, grpc::ServerReader<blob>* reader, blob*) override {
    blob message;
    while (reader->Read(&message)) counts_.add_shared(1, message.body().size());
    return grpc::Status::OK;
  }

 private:
  bench::counts_page& counts_;
};

bool encrypts(const bench::settings& with) {
  return with.variant.ends_with("_tls");
}

std::shared_ptr<grpc::ServerCredentials> server_credentials(const bench::settings& with) {
  if (!encrypts(with)) return grpc::InsecureServerCredentials();
  const bench::cert_files files = bench::find_certs();
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = bench::content_of_file(files.ca);
  options.pem_key_cert_pairs.push_back(
      {bench::content_of_file(files.key), bench::content_of_file(files.certificate)});
  return grpc::SslServerCredentials(options);
}

std::shared_ptr<grpc::ChannelCredentials> client_credentials(const bench::settings& with) {
  if (!encrypts(with)) return grpc::InsecureChannelCredentials();
  const bench::cert_files files = bench::find_certs();
  return grpc::SslCredentials({bench::content_of_file(files.ca), bench::content_of_file(files.key),
                               bench::content_of_file(files.certificate)});
}

void serve(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::idle || with.what == bench::work::critical ||
      with.what == bench::work::handshake || with.what == bench::work::stalled)
    throw bench::not_offered{};
  service answers(counts);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(size_max);
  builder.AddListeningPort("127.0.0.1:0", server_credentials(with), &port);
  builder.RegisterService(&answers);
  const auto server = builder.BuildAndStart();
  if (!server) bench::give_up("cannot start the server");
  bench::announce({static_cast<std::uint16_t>(port)});
  server->Wait();
}

// A channel that shares no connection with another one.
std::unique_ptr<stub> dialled(const bench::settings& with, int number) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(size_max);
  arguments.SetInt("mw.bench.number", number);
  const std::string to = "127.0.0.1:" + std::to_string(with.ports.front());
  return mw_bench::bench::NewStub(
      grpc::CreateCustomChannel(to, client_credentials(with), arguments));
}

// Keeps calls in flight; answers come on threads of the library.
class unary_client {
 public:
  unary_client(const bench::settings& with, bench::counts_page& counts)
      : to_(dialled(with, 0)),
        body_(bench::make_body(with.size)),
        calls_(with.in_flight),
        meter_(with, counts) {}

  bench::outcome run() {
    {
      const std::lock_guard hold(mutex_);
      for (call& one : calls_) prepare(one);
    }
    for (call& one : calls_) start(one);
    std::unique_lock hold(mutex_);
    settled_.wait(hold, [&] { return !meter_.open() && meter_.settled(); });
    return meter_.finish();
  }

 private:
  struct call {
    std::unique_ptr<grpc::ClientContext> context;
    blob request;
    blob reply;
  };

  // Under the lock.
  void prepare(call& one) {
    one.context = std::make_unique<grpc::ClientContext>();
    bench::put_stamp(body_.data(), meter_.next_stamp());
    one.request.set_body(body_.data(), body_.size());
  }
  void start(call& one) {
    to_->async()->echo(one.context.get(), &one.request, &one.reply,
                       [this, &one](const grpc::Status& status) { answered(one, status); });
  }
  void answered(call& one, const grpc::Status& status) {
    if (!status.ok()) bench::give_up("a call failed: " + status.error_message());
    {
      const std::lock_guard hold(mutex_);
      meter_.answered(bench::stamp_of(one.reply.body().data()));
      if (!meter_.open()) {
        if (meter_.settled()) settled_.notify_one();
        return;
      }
      prepare(one);
    }
    start(one);
  }

  std::unique_ptr<stub> to_;
  std::vector<char> body_;
  std::vector<call> calls_;
  bench::echo_meter meter_;
  std::mutex mutex_;
  std::condition_variable settled_;
};

bench::outcome measure_stream(const bench::settings& with, bench::counts_page& counts) {
  const auto to = dialled(with, 0);
  grpc::ClientContext context;
  const auto stream = to->stream(&context);
  std::vector<char> body = bench::make_body(with.size);
  blob request;
  blob reply;
  bench::echo_meter meter(with, counts);
  while (meter.open() || !meter.settled()) {
    while (meter.open() && meter.in_flight() < with.in_flight) {
      bench::put_stamp(body.data(), meter.next_stamp());
      request.set_body(body.data(), body.size());
      stream->Write(request);
    }
    if (!stream->Read(&reply)) bench::give_up("the stream ended");
    meter.answered(bench::stamp_of(reply.body().data()));
  }
  return meter.finish();
}

bench::outcome measure_sending(const bench::settings& with, bench::counts_page& counts) {
  struct receiver {
    std::unique_ptr<stub> to;
    grpc::ClientContext context;
    blob nothing;
    std::unique_ptr<grpc::ClientWriter<blob>> writer;
  };
  std::vector<std::unique_ptr<receiver>> all;
  const std::size_t count = with.what == bench::work::fanout ? with.receivers : 1;
  for (std::size_t i = 0; i < count; ++i) {
    auto& one = all.emplace_back(std::make_unique<receiver>());
    one->to = dialled(with, static_cast<int>(i));
    one->writer = one->to->sink(&one->context, &one->nothing);
  }
  const std::vector<char> body = bench::make_body(with.size);
  blob message;
  message.set_body(body.data(), body.size());
  // The library may gather messages, which is its fastest way; the last of a run are pushed out.
  grpc::WriteOptions gather;
  gather.set_buffer_hint();
  bench::oneway_sender sender;
  bool gathered = false;
  sender.send_some = [&] {
    for (const auto& one : all)
      if (!one->writer->Write(message, gather)) bench::give_up("a stream ended");
    gathered = true;
    return std::uint64_t{1};
  };
  sender.settle = [&] {
    if (!std::exchange(gathered, false)) return std::uint64_t{0};
    for (const auto& one : all) one->writer->Write(message);
    return std::uint64_t{1};
  };
  const bench::outcome found = bench::run_oneway(with, counts, count, sender);
  for (const auto& one : all) {
    one->writer->WritesDone();
    one->writer->Finish();
  }
  return found;
}

bench::outcome measure(const bench::settings& with, bench::counts_page& counts) {
  if (with.what == bench::work::oneway || with.what == bench::work::fanout)
    return measure_sending(with, counts);
  if (with.variant.starts_with("stream")) return measure_stream(with, counts);
  return unary_client(with, counts).run();
}

}  // namespace

int main(int argc, char** argv) {
  return mw::bench::run_peer(argc, argv, {serve, measure});
}
