// cluster: regions or a platform file, network, processors, disks, clocks.
#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/data_file.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::uint32_t kNodesMax = 100'000;
// So that the resolved text, which has the matrix in it, stays below the limit of a file.
constexpr std::size_t kMatrixSizeMax = 200;
constexpr std::int64_t kHourNs = 3'600'000'000'000;
const std::string kNothing = "constant(0s)";

Codec<std::vector<Region>> regions() {
  const Codec<Region> region =
      Section<Region>()
          .field("nodes", &Region::nodes, count({1, kNodesMax}), otherwise("1"), "nodes, named REGION/1, REGION/2, ...")
          .codec();
  const Codec<std::string> region_name = name();
  nlohmann::json schema{{"type", "object"}, {"propertyNames", region_name.schema}, {"additionalProperties", region.schema}};
  return {"a mapping of regions, e.g. {eu-central-1: {nodes: 2}}", std::move(schema), region.keys,
          [region, region_name](const Tree& tree, Context& context) {
            if (tree.kind != Tree::Kind::kMapping) fail_value(tree, "a mapping of regions, e.g. {eu-central-1: {nodes: 2}}");
            std::vector<Region> result;
            for (std::size_t i = 0; i < tree.keys.size(); ++i) {
              const Tree::Key& key = tree.keys[i];
              const PathScope scope(context, key.text);
              if (key.place.origin) context.places.note(context.path, key.place);
              const std::string valid = region_name.decode(Tree::of_scalar(key.text, false, key.place), context);
              result.push_back(region.decode(tree.items[i], context));
              result.back().name = valid;
            }
            return result;
          },
          [region](const std::vector<Region>& list, const Context& context) {
            Tree tree = Tree::of_mapping();
            for (const Region& each : list) tree.add(each.name, region.encode(each, context));
            return tree;
          }};
}

// A matrix written in the scenario itself, as the resolved scenario has it.
struct InlineMatrix {
  std::string source;
  std::vector<std::string> names;
  std::vector<std::vector<std::int64_t>> round_trip;
};

Codec<InlineMatrix> inline_matrix() {
  return Section<InlineMatrix>()
      .field("source", &InlineMatrix::source, text("a file name"), otherwise("inline"),
             "the file that these values were taken from")
      .field("names", &InlineMatrix::names, list_of(name(), 1, kMatrixSizeMax), required(),
             "the places, in the order of rows and columns")
      .field("round_trip", &InlineMatrix::round_trip,
             list_of(list_of(duration({0, kHourNs}), 1, kMatrixSizeMax), 1, kMatrixSizeMax), required(),
             "round-trip times, a row for each place; row = from, column = to")
      .then([](InlineMatrix& matrix, const Tree& tree, Context&) {
        const std::size_t size = matrix.names.size();
        const Tree& rows = *tree.find("round_trip");
        if (rows.items.size() != size)
          fail(rows.place, counted(rows.items.size(), "row"), counted(size, "row") + ", one for each name");
        for (const Tree& row : rows.items)
          if (row.items.size() != size)
            fail(row.place, counted(row.items.size(), "value"), counted(size, "value") + ", one for each name");
        for (std::size_t i = 0; i < size; ++i)
          if (std::find(matrix.names.begin(), matrix.names.begin() + static_cast<std::ptrdiff_t>(i), matrix.names[i]) !=
              matrix.names.begin() + static_cast<std::ptrdiff_t>(i))
            fail(tree.find("names")->items[i].place, "the name " + matrix.names[i] + " again", "each name once");
      })
      .codec();
}

struct NamedMatrix {
  std::string file;
  RoundTripMatrix matrix;
};

NamedMatrix flattened(InlineMatrix given) {
  NamedMatrix result;
  if (given.source != "inline") result.file = std::move(given.source);
  result.matrix.names = std::move(given.names);
  for (const std::vector<std::int64_t>& row : given.round_trip)
    result.matrix.round_trip_ns.insert(result.matrix.round_trip_ns.end(), row.begin(), row.end());
  return result;
}

InlineMatrix unflattened(const NamedMatrix& given) {
  InlineMatrix result{given.file.empty() ? "inline" : given.file, given.matrix.names, {}};
  const std::size_t size = given.matrix.names.size();
  for (std::size_t i = 0; i < size; ++i) {
    const auto row = given.matrix.round_trip_ns.begin() + static_cast<std::ptrdiff_t>(i * size);
    result.round_trip.emplace_back(row, row + static_cast<std::ptrdiff_t>(size));
  }
  return result;
}

// Rows and columns of the scenario's regions, in their order; the other places of a file do not matter to this world.
NamedMatrix narrowed(NamedMatrix full, const Context& context, const Place& place) {
  if (context.regions.size() > kMatrixSizeMax)
    fail(place, fmt::format("a matrix for {} regions", context.regions.size()), fmt::format("at most {}", kMatrixSizeMax));
  NamedMatrix result{std::move(full.file), {}};
  std::vector<std::size_t> at;
  for (const Region& region : context.regions) {
    const auto found = std::find(full.matrix.names.begin(), full.matrix.names.end(), region.name);
    if (found == full.matrix.names.end()) {
      const std::string path = "cluster.regions." + region.name;
      fail(context.places.has(path) ? context.places.of({path}) : place,
           fmt::format("no row for region {} in the matrix", region.name), joined(full.matrix.names),
           nearest(region.name, full.matrix.names));
    }
    at.push_back(static_cast<std::size_t>(found - full.matrix.names.begin()));
    result.matrix.names.push_back(region.name);
  }
  for (const std::size_t row : at)
    for (const std::size_t column : at)
      result.matrix.round_trip_ns.push_back(full.matrix.round_trip_ns[row * full.matrix.names.size() + column]);
  return result;
}

Codec<NamedMatrix> matrix() {
  const std::string accepted = "a CSV file, or {names: [...], round_trip: [[...]]}";
  const Codec<InlineMatrix> written = inline_matrix();
  nlohmann::json schema{{"anyOf", {{{"type", "string"}}, written.schema}}};
  return {accepted, std::move(schema), written.keys,
          [written, accepted](const Tree& tree, Context& context) {
            if (tree.kind == Tree::Kind::kMapping)
              return narrowed(flattened(written.decode(tree, context)), context, tree.place);
            const std::string& file = scalar_text(tree, accepted);
            const std::string path = find_data_file(file, context.directory, tree.place);
            return narrowed({file, parse_matrix_csv(read_file(path, &tree.place), path)}, context, tree.place);
          },
          [written](const NamedMatrix& given, const Context& context) { return written.encode(unflattened(given), context); }};
}

Codec<LinkOverride> link() {
  return Section<LinkOverride>()
      .field("from", &LinkOverride::from, link_end(), otherwise("\"*\""), "senders")
      .field("to", &LinkOverride::to, link_end(), otherwise("\"*\""), "receivers")
      .field("latency", &LinkOverride::latency, time_distribution(0), required(),
             "one-way delay of these messages, instead of all else")
      .codec();
}

Codec<Network> network() {
  return Section<Network>()
      .field("model", &Network::model,
             choice<NetworkModel>({{"latency", NetworkModel::kLatency}, {"flow", NetworkModel::kFlow}}, "network model"),
             otherwise("latency"), "latency: each message has its delay; flow: messages share bandwidth as well")
      .derived(
          "matrix", or_none(matrix()),
          [](const Network& network) {
            return network.matrix.names.empty() ? std::nullopt
                                                : std::optional(NamedMatrix{network.matrix_file, network.matrix});
          },
          [](Network& network, std::optional<NamedMatrix> value, Context&) {
            if (value) network.matrix_file = std::move(value->file), network.matrix = std::move(value->matrix);
          },
          otherwise("none"), "round-trip times between regions; a message takes half of one")
      .derived(
          "latency", or_none(time_distribution(0)), [](const Network& network) { return network.latency; },
          [](Network& network, std::optional<Distribution> value, Context&) { network.latency = std::move(value); },
          otherwise("none"), "one-way delay between any two processes, instead of a matrix")
      .field("jitter", &Network::jitter, time_distribution(0), otherwise(kNothing), "added to the delay of every message")
      .field("loss", &Network::loss, share(), otherwise("0%"), "share of messages lost")
      .field("duplicate", &Network::duplicate, share(), otherwise("0%"), "share of messages delivered twice")
      .field("links", &Network::links, list_of(link(), 0, 1000), otherwise("[]"), "delays of single links; the last match wins")
      .field("bandwidth", &Network::bandwidth_Bps, bandwidth(), otherwise("1Gbps"), "of each node's interface; flow model only")
      .field("send_gap", &Network::send_gap_ns, duration(kFromZero), otherwise("0s"),
             "a node's messages leave at least so far apart; a crash loses those that have not left")
      .field("packet_lifetime", &Network::packet_lifetime_ns, duration(kPositive), otherwise("60s"),
             "a message that is older is dropped")
      .codec();
}

Codec<Cpu> cpu() {
  return Section<Cpu>()
      .field("cores", &Cpu::cores, count({1, 4096}), otherwise("1"), "cores of each node, served first come, first served")
      .field("per_message", &Cpu::per_message, time_distribution(0), otherwise(kNothing),
             "service time of each delivered message")
      .codec();
}

Codec<Disk> disk() {
  return Section<Disk>()
      .field("fsync", &Disk::fsync, time_distribution(0), otherwise(kNothing), "time until a forced record is durable")
      .field("group_commit", &Disk::group_commit, flag(), otherwise("false"), "one fsync makes all waiting records durable")
      .field("flush_every", &Disk::flush_every_ns, duration(kPositive), otherwise("1s"),
             "records that nobody forces become durable after at most this")
      .codec();
}

Codec<Clock> clock_drift() {
  return Section<Clock>()
      .field("offset", &Clock::offset, time_distribution(-kHourNs), otherwise(kNothing), "of each node's clock at the start")
      .field("drift", &Clock::drift_ppm, number_with("ppm", {0, 100'000}, "20ppm"), otherwise("0ppm"),
             "each node's clock runs wrong by a rate drawn uniformly from [-drift, drift]")
      .field("timers", &Clock::timers,
             choice<TimerClock>({{"monotonic", TimerClock::kMonotonic}, {"wall", TimerClock::kWall}}, "clock"),
             otherwise("monotonic"), "the clock that timers run on; wall: its jumps make them early or late")
      .codec();
}

}  // namespace

Codec<Cluster> cluster_table() {
  return Section<Cluster>()
      .derived(
          "platform", or_none(text("a SimGrid platform file, e.g. platform.xml")),
          [](const Cluster& cluster) {
            return cluster.platform_file.empty() ? std::nullopt : std::optional(cluster.platform_file);
          },
          [](Cluster& cluster, std::optional<std::string> file, Context& context) {
            context.platform = file.has_value();
            cluster.platform_file = file.value_or("");
          },
          otherwise("none"),
          "SimGrid XML whose hosts are the nodes, instead of regions; their names are checked when it is loaded")
      .derived(
          "regions", regions(), [](const Cluster& cluster) { return cluster.regions; },
          [](Cluster& cluster, std::vector<Region> value, Context& context) {
            context.regions = value;
            cluster.regions = std::move(value);
          },
          otherwise("{}"), "places and their nodes")
      .field("network", &Cluster::network, network(), empty_section(), "how messages travel")
      .field("cpu", &Cluster::cpu, cpu(), empty_section(), "processors of each node")
      .field("disk", &Cluster::disk, disk(), empty_section(), "the disk of each node")
      .field("clock", &Cluster::clock, clock_drift(), empty_section(), "the clock of each node")
      .codec();
}

}  // namespace paygrid::scenario
