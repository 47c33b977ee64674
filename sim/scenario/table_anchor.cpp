// faults[].on: the step of the protocol to which a fault is tied.
#include <fmt/format.h>

#include <algorithm>

#include "models/core/fact.hpp"
#include "models/core/record.hpp"
#include "models/registry.hpp"
#include "sim/scenario/selector.hpp"
#include "sim/scenario/table.hpp"
#include "sim/scenario/values.hpp"
#include "sim/scenario/vocabulary.hpp"

namespace paygrid::scenario {
namespace {

constexpr std::uint32_t kNthMax = 1'000'000'000;

// An anchor as it is written.
struct AnchorForm {
  std::string event;
  std::optional<std::string> record;
  std::optional<std::string> message;
  std::uint32_t nth = 1;
  std::optional<std::string> node;
  bool before = false;
};

template <class Kind>
std::vector<std::string> names_through(Kind last) {
  std::vector<std::string> names;
  for (int kind = 0; kind <= static_cast<int>(last); ++kind) names.emplace_back(name_of(static_cast<Kind>(kind)));
  return names;
}

std::vector<std::string> event_names() {
  std::vector<std::string> names(kAnchorEvents.begin(), kAnchorEvents.end());
  std::ranges::copy(names_through(core::kLastFactKind), std::back_inserter(names));
  return names;
}

AnchorEvent event_of(const std::string& name) {
  const auto found = std::ranges::find(kAnchorEvents, name);
  return found == kAnchorEvents.end() ? AnchorEvent::kFact : static_cast<AnchorEvent>(found - kAnchorEvents.begin());
}

bool is_about_records(AnchorEvent event) { return event == AnchorEvent::kForced || event == AnchorEvent::kPersisted; }
bool is_about_messages(AnchorEvent event) { return event == AnchorEvent::kSent || event == AnchorEvent::kDelivered; }

// Messages of every registered protocol; whether the scenario's own protocol has the message is asked when it is known.
std::vector<std::string> message_names() {
  std::vector<std::string> names;
  for (const core::ProtocolSpec* spec : models::commit_protocols())
    for (const std::string_view name : spec->message_names)
      if (std::ranges::find(names, name) == names.end()) names.emplace_back(name);
  return names;
}

Codec<std::string> anchor_node() {
  const Codec<std::string> any = selector();
  return checked_text("a selector that draws nothing", any.schema,
                      [any](const Tree& tree, const std::string& text, const Context& context) {
                        Context copy = context;
                        any.decode(tree, copy);
                        const Selector selected = *parse_selector(text);
                        if (selected.is_drawn() || selected.kind == Selector::Kind::kHere || selected.kind == Selector::Kind::kThere)
                          fail(tree.place, text,
                               "a node, role(coordinator), role(participant), coordinator(K), participants(K), region(NAME), all");
                      });
}

void check_anchor(const AnchorForm& form, const Tree& tree) {
  const AnchorEvent event = event_of(form.event);
  const auto refuse = [&](const char* key, const char* accepted) {
    fail(tree.find(key)->place, fmt::format("{} beside event {}", key, form.event), accepted);
  };
  if (form.record && !is_about_records(event)) refuse("record", "record with event forced or persisted");
  if (form.message && !is_about_messages(event)) refuse("message", "message with event sent or delivered");
  if (form.before && event == AnchorEvent::kFact)
    fail(tree.find("when")->place, "before beside event " + form.event,
         "when: after; before: with forced, persisted, sent and delivered");
}

Anchor to_anchor(const AnchorForm& form) {
  Anchor anchor;
  anchor.event = event_of(form.event);
  if (anchor.event == AnchorEvent::kFact) anchor.name = form.event;
  if (form.record) anchor.name = *form.record;
  if (form.message) anchor.name = *form.message;
  anchor.nth = form.nth;
  anchor.node = form.node.value_or("");
  anchor.before = form.before;
  return anchor;
}

AnchorForm to_form(const Anchor& anchor) {
  AnchorForm form;
  form.event = anchor.event == AnchorEvent::kFact ? anchor.name : std::string(kAnchorEvents[static_cast<std::size_t>(anchor.event)]);
  if (is_about_records(anchor.event) && !anchor.name.empty()) form.record = anchor.name;
  if (is_about_messages(anchor.event) && !anchor.name.empty()) form.message = anchor.name;
  form.nth = anchor.nth;
  if (!anchor.node.empty()) form.node = anchor.node;
  form.before = anchor.before;
  return form;
}

}  // namespace

Codec<Anchor> anchor_table() {
  const Codec<AnchorForm> form =
      Section<AnchorForm>()
          .field("event", &AnchorForm::event, one_of(event_names(), "event"), required(),
                 "what happens: a record is handed to the disk (forced) or durable (persisted), a message between two processes "
                 "is sent or delivered, or a process tells a fact")
          .optional("record", &AnchorForm::record, one_of(names_through(core::RecordKind::kForgetOldest), "record"),
                    "forced, persisted: only records of this kind")
          .optional("message", &AnchorForm::message, one_of(message_names(), "message"),
                    "sent, delivered: only messages of this name; when absent, any of the commit protocol")
          .field("nth", &AnchorForm::nth, count({1, kNthMax}), otherwise("1"), "the how manieth matching event of the run")
          .optional("node", &AnchorForm::node, anchor_node(),
                    "only events at these: the process that writes, sends, receives or tells; roles are those of its payment")
          .field("when", &AnchorForm::before, choice<bool>({{"after", false}, {"before", true}}, "moment"), otherwise("after"),
                 "after: right after the step that shows the event; before: what it does has not left the process yet, or is not "
                 "durable, and a crash takes it along")
          .then([](AnchorForm& read, const Tree& tree, Context&) { check_anchor(read, tree); })
          .codec();
  return {"a mapping such as {event: persisted, record: PREPARED, nth: 2}", form.schema, form.keys,
          [form](const Tree& tree, Context& context) { return to_anchor(form.decode(tree, context)); },
          [form](const Anchor& anchor, const Context& context) { return form.encode(to_form(anchor), context); }};
}

}  // namespace paygrid::scenario
