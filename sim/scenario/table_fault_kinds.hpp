// The rows of the fault table: for each kind, how the value of its key is read into a fault and printed from one. A kind is one
// row here, in the file of its room, and one row of traits (fault_traits.hpp).
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/codec.hpp"
#include "sim/scenario/fault_traits.hpp"
#include "sim/scenario/values.hpp"

namespace paygrid::scenario {

struct KindForm {
  FaultKind kind{};
  std::function<Section<Fault>(Section<Fault>&&)> add;  // the kind's key, to the section of a fault
};

// `get(const Fault&)` gives the value, `set(Fault&, T)` stores it.
template <class T, class Get, class Set>
KindForm kind_form(FaultKind kind, Codec<T> codec, Get get, Set set, std::string meaning) {
  return {kind, [=](Section<Fault>&& section) {
            return std::move(section).maybe(
                std::string(traits_of(kind).key), codec,
                [=](const Fault& fault) { return fault.kind == kind ? std::optional<T>(get(fault)) : std::nullopt; },
                [=](Fault& fault, T value) {
                  fault.kind = kind;
                  set(fault, std::move(value));
                },
                meaning);
          }};
}

// Whose value is whom they hit.
inline KindForm at_nodes(FaultKind kind, std::string meaning) {
  return kind_form(
      kind, selector(), [](const Fault& fault) { return fault.where; },
      [](Fault& fault, std::string where) { fault.where = std::move(where); }, std::move(meaning));
}

// Whose value says how much.
inline KindForm by_amount(FaultKind kind, Codec<double> codec, std::string meaning) {
  return kind_form(
      kind, std::move(codec), [](const Fault& fault) { return fault.amount; },
      [](Fault& fault, double amount) { fault.amount = amount; }, std::move(meaning));
}

// A selector, or "others": everybody else.
inline Codec<std::string> other_side() { return or_word<std::string>("others", "", selector()); }

std::vector<KindForm> node_kinds();
std::vector<KindForm> message_kinds();
std::vector<KindForm> disk_kinds();
std::vector<KindForm> clock_kinds();

}  // namespace paygrid::scenario
