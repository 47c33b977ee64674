#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <unordered_map>

#include "sim/scenario/yaml_text.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::string_view kPlainYaml = "plain YAML: mappings, lists and scalars";

// Builds the tree from the parser's events. yaml-cpp's own node tree would drop repeated keys and follow aliases.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(std::shared_ptr<const std::string> origin) : origin_(std::move(origin)) {}

  bool empty() const { return !started_; }
  Tree take() { return std::move(root_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (started_) fail(place(mark), "a second document", "one YAML document a file");
    started_ = true;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    Tree null;
    null.place = place(mark);
    accept(std::move(null));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { fail(place(mark), "an alias (*name)", "values written out"); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    accept(Tree::of_scalar(value, tag == "!", place(mark)));
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Tree::of_sequence(place(mark)));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Tree::of_mapping(place(mark)));
  }
  void OnMapEnd() override { close(); }

 private:
  // A collection that is still being read. Keys are indexed so that a long mapping is checked in linear time.
  struct Level {
    Tree tree;
    bool has_key = false;
    Tree::Key key;
    std::unordered_map<std::string, int> line_of_key;
  };

  Place place(const YAML::Mark& mark) const { return {origin_, mark.line + 1, mark.column + 1}; }

  void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) const {
    if (anchor != 0) fail(place(mark), "an anchor (&name)", "values written out");
  }
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) const {
    if (!tag.empty() && tag != "?" && tag != "!") fail(place(mark), "the tag " + shown(tag), kPlainYaml);
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Tree tree) {
    refuse_anchor(mark, anchor);
    refuse_tag(mark, tag);
    if (!levels_.empty() && levels_.back().tree.kind == Tree::Kind::kMapping && !levels_.back().has_key)
      fail(place(mark), "a list or a mapping as a key, or one that is not closed", "keys that are plain words");
    if (static_cast<int>(levels_.size()) >= kDepthMax)
      fail(place(mark), fmt::format("nesting deeper than {} levels", kDepthMax), kPlainYaml);
    Level level;
    level.tree = std::move(tree);
    levels_.push_back(std::move(level));
  }

  void close() {
    Tree done = std::move(levels_.back().tree);
    levels_.pop_back();
    accept(std::move(done));
  }

  void accept(Tree value) {
    if (++values_ > kValuesMax) fail(value.place, fmt::format("more than {} values", kValuesMax), "a smaller scenario");
    if (levels_.empty()) {
      root_ = std::move(value);
      return;
    }
    Level& level = levels_.back();
    if (level.tree.kind == Tree::Kind::kSequence) {
      level.tree.items.push_back(std::move(value));
    } else if (level.has_key) {
      level.has_key = false;
      // The parser places a missing value at the next token, which may be lines away.
      if (value.kind == Tree::Kind::kNull) value.place = level.key.place;
      level.tree.add(std::move(level.key.text), std::move(value), std::move(level.key.place));
    } else {
      accept_key(level, std::move(value));
    }
  }

  static void accept_key(Level& level, Tree value) {
    if (value.kind != Tree::Kind::kScalar || value.scalar.empty())
      fail(value.place, "an empty key", "keys that are plain words");
    const auto [first, fresh] = level.line_of_key.emplace(value.scalar, value.place.line);
    if (!fresh)
      fail(value.place, fmt::format("the key {} again (first on line {})", shown(value.scalar), first->second),
           "each key once");
    level.key = {std::move(value.scalar), std::move(value.place)};
    level.has_key = true;
  }

  std::shared_ptr<const std::string> origin_;
  bool started_ = false;
  std::size_t values_ = 0;
  std::vector<Level> levels_;
  Tree root_;
};

// Length of the UTF-8 sequence at the head of `rest`; 0 when it is none.
std::size_t utf8_length(std::string_view rest) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned char lead = byte(0);
  const std::size_t length = lead < 0x80                   ? 1
                             : lead >= 0xc2 && lead < 0xe0 ? 2
                             : lead >= 0xe0 && lead < 0xf0 ? 3
                             : lead >= 0xf0 && lead < 0xf5 ? 4
                                                           : 0;
  if (length == 0 || rest.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  return length;
}

void refuse_binary(std::string_view text, const std::shared_ptr<const std::string>& origin) {
  int line = 1;
  int column = 1;
  for (std::size_t i = 0; i < text.size();) {
    const char byte = text[i];
    const std::size_t length = utf8_length(text.substr(i));
    const bool control = static_cast<unsigned char>(byte) < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
    if (length == 0 || control || byte == 0x7f)
      fail({origin, line, column}, fmt::format("the byte 0x{:02x}", static_cast<unsigned char>(byte)), "UTF-8 text");
    column = byte == '\n' ? 1 : column + static_cast<int>(length);
    line += byte == '\n' ? 1 : 0;
    i += length;
  }
}

Tree parse_events(std::string_view text, const std::shared_ptr<const std::string>& origin) {
  TreeBuilder builder(origin);
  std::istringstream stream{std::string(text)};
  try {
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::Exception& error) {
    const Place place{origin, std::max(error.mark.line, 0) + 1, std::max(error.mark.column, 0) + 1};
    fail(place, fmt::format("text that is not YAML ({})", shown(error.msg)), kPlainYaml);
  }
  if (builder.empty()) fail({origin, 1, 1}, "an empty file", "a scenario, beginning with paygrid: 1");
  return builder.take();
}

void move_to(Tree& tree, const Place& place) {
  tree.place = place;
  for (Tree::Key& key : tree.keys) key.place = place;
  for (Tree& item : tree.items) move_to(item, place);
}

}  // namespace

Tree read_yaml(std::string_view text, const std::string& file_name) {
  const auto origin = std::make_shared<const std::string>(file_name);
  if (text.size() > kTextSizeMax)
    fail({origin, 1, 1}, fmt::format("{} bytes", text.size()), fmt::format("at most {} bytes", kTextSizeMax));
  refuse_binary(text, origin);
  return parse_events(text, origin);
}

Tree read_yaml_value(std::string_view text, const Place& place) {
  if (text.empty()) {
    Tree null;
    null.place = place;
    return null;
  }
  if (std::string_view("{[\"'").find(text.front()) == std::string_view::npos)
    return Tree::of_scalar(std::string(text), false, place);
  try {
    Tree tree = read_yaml(text, "");
    move_to(tree, place);
    return tree;
  } catch (const ScenarioError& error) {
    throw ScenarioError(place.origin ? *place.origin : "scenario", place.line, place.column, error.message);
  }
}

bool Tree::is_bare_number() const {
  double value = 0;
  if (kind != Kind::kScalar || quoted || scalar.find_first_of("0123456789") == std::string::npos) return false;
  const auto [end, error] = std::from_chars(scalar.data(), scalar.data() + scalar.size(), value);
  return error != std::errc::invalid_argument && end == scalar.data() + scalar.size();
}

std::string described(const Tree& tree) {
  switch (tree.kind) {
    case Tree::Kind::kNull:
      return "nothing";
    case Tree::Kind::kScalar:
      if (tree.scalar.empty()) return "an empty text";
      if (tree.quoted) return fmt::format("\"{}\"", shown(tree.scalar));
      return tree.is_bare_number() ? fmt::format("{} (a bare number)", shown(tree.scalar)) : shown(tree.scalar);
    case Tree::Kind::kSequence:
      return "a list of " + counted(tree.items.size(), "item");
    case Tree::Kind::kMapping:
      return "a mapping of " + counted(tree.keys.size(), "key");
  }
  return {};
}

}  // namespace paygrid::scenario
