#include "simulate/openb_reader.h"

#include <gtest/gtest.h>

#include "base/document.h"

namespace sillar {
namespace {

constexpr std::string_view kPodHeader =
    "name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,"
    "deletion_time,scheduled_time\n";

std::string pod_fault(std::string_view rows) {
  const auto read = read_openb_pods("pods.csv", std::string(kPodHeader) + std::string(rows));
  return read ? "none" : read.error().message;
}

TEST(OpenbReader, ReadsAPodWithAllItsColumns) {
  const auto pods =
      read_openb_pods("pods.csv", std::string(kPodHeader) +
                                      "p0,3152,3912,1,440,V100M32|V100M16,BE,Running,10,20,\n"
                                      "p1,8000,1024,0,0,,LS,Running,0,7,5\n");
  ASSERT_TRUE(pods) << pods.error().message;
  ASSERT_EQ(pods->size(), 2U);
  const OpenbPod& shared = pods->front();
  EXPECT_EQ(shared.cpu, 3152);
  EXPECT_EQ(shared.memory_bytes, std::int64_t{3912} << 20);
  EXPECT_EQ(shared.gpu_total(), 440);
  EXPECT_EQ(shared.models, (std::vector<std::string>{"V100M16", "V100M32"}));
  EXPECT_EQ(shared.created, Time::from_seconds(10));
  EXPECT_EQ(shared.scheduled, Time::never());
  EXPECT_EQ(openb_request(shared).fraction, 440);
  EXPECT_EQ(openb_request(shared).classes.size(), 2U);
  EXPECT_EQ(openb_request(pods->back()).accelerators, 0);
  EXPECT_EQ(openb_request(pods->back()).fraction, 0);
}

TEST(OpenbReader, NamesTheFault) {
  EXPECT_EQ(pod_fault("p,x,1,0,0,,,,0,0,0\n"), "pods.csv:2: cpu_milli: 'x' is no number");
  EXPECT_EQ(pod_fault("p,1,1,17,1000,,,,0,0,0\n"), "pods.csv:2: num_gpu: 17 is outside 0 to 16");
  EXPECT_EQ(pod_fault("p,1,1,1,0,,,,0,0,0\n"), "pods.csv:2: gpu_milli: 0 is outside 1 to 1000");
  EXPECT_EQ(pod_fault("p,1,1,2,500,,,,0,0,0\n"),
            "pods.csv:2: gpu_milli: 500 of each of 2 GPUs: only one can be shared");
  EXPECT_EQ(pod_fault("p,1,1,1,1000,,,,-1,0,0\n"),
            "pods.csv:2: creation_time: -1 is outside 0 to 5000000000");
  EXPECT_EQ(pod_fault("p,1,1,1,1000,,,,5,4,\n"),
            "pods.csv:2: deletion_time: 4 is before the pod began, at 5");
  EXPECT_EQ(pod_fault("p,1,1,1,1000,,,,5,8,9\n"),
            "pods.csv:2: deletion_time: 8 is before the pod began, at 9");
  EXPECT_EQ(
      read_openb_nodes("n.csv", "sn,cpu_milli,memory_mib,gpu,model\nn,1,1,2,\n").error().message,
      "n.csv:2: model: a node with GPUs names their model");
}

TEST(OpenbReader, NamesAreNamesAndEachIsOneRows) {
  EXPECT_EQ(pod_fault(",1,1,1,1000,,,,0,0,0\n"), "pods.csv:2: name: '' cannot be a name");
  EXPECT_EQ(pod_fault("a b,1,1,1,1000,,,,0,0,0\n"), "pods.csv:2: name: 'a b' cannot be a name");
  EXPECT_EQ(pod_fault("p,1,1,1,1000,,,,0,0,0\np,1,1,1,1000,,,,0,0,0\n"),
            "pods.csv:3: name: there is another 'p' before it");
  const std::string header = "sn,cpu_milli,memory_mib,gpu,model\n";
  EXPECT_EQ(read_openb_nodes("n.csv", header + "n,1,1,0,\nn,1,1,0,\n").error().message,
            "n.csv:3: sn: there is another 'n' before it");
  EXPECT_EQ(read_openb_nodes("n.csv", header + "n,1,1,2,cpu\n").error().message,
            "n.csv:2: model: 'cpu' cannot name a class of GPUs");
}

TEST(OpenbReader, ReadsThePublishedLists) {
  const auto text = read_file("examples/data/openb/openb_node_list_gpu_node.csv");
  ASSERT_TRUE(text) << text.error().message;
  const auto nodes = read_openb_nodes("nodes", *text);
  ASSERT_TRUE(nodes) << nodes.error().message;
  const Fleet fleet = openb_fleet(*nodes);
  EXPECT_EQ(fleet.nodes.size(), 1213U);
  EXPECT_EQ(fleet.classes.size(), 7U);
  std::int64_t gpus = 0;
  for (const Node& node : fleet.nodes) gpus += node.accelerators;
  EXPECT_EQ(gpus, 6212);

  struct Case {
    const char* list;
    std::size_t pods;
    std::int64_t milli;
  };
  for (const Case& c : {Case{"default", 8152, 6'086'800}, Case{"multigpu20", 8324, 0}}) {
    const auto list =
        read_file(std::string("examples/data/openb/openb_pod_list_") + c.list + ".csv");
    ASSERT_TRUE(list) << list.error().message;
    const auto pods = read_openb_pods(c.list, *list);
    ASSERT_TRUE(pods) << pods.error().message;
    EXPECT_EQ(pods->size(), c.pods);
    std::int64_t milli = 0;
    for (const OpenbPod& pod : *pods) milli += pod.gpu_total();
    if (c.milli > 0) {
      EXPECT_EQ(milli, c.milli);
    }
  }
}

}  // namespace
}  // namespace sillar
