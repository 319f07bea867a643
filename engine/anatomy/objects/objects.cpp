#include "../builders.hpp"
#include "../surface/body_form.hpp"
#include "object_parts.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <fluoro/core/expect.hpp>

namespace fluoro {

namespace {

struct NamedObject {
    char const* name;
    void (*build)(ObjectBench const& bench);
};
constexpr NamedObject objects[] = {
    {"necklace", build_necklace},
    {"ring", build_ring},
    {"ecg-leads", build_ecg_leads},
    {"brassiere", build_brassiere},
    {"dentures", build_dentures},
    {"port-left", [](ObjectBench const& bench) { build_port(bench, 1); }},
    {"port-right", [](ObjectBench const& bench) { build_port(bench, -1); }},
    {"pacemaker", build_pacemaker},
    {"sternal-wires", build_sternal_wires},
    {"gallbladder-clips", build_gallbladder_clips},
};

std::string all_names()
{
    std::string names;
    for (NamedObject const& object : objects) names += (names.empty() ? "" : ", ") + std::string{object.name};
    return names;
}

} // namespace

std::vector<PatientOption> objects_options()
{
    return {{"objects", "NAME;NAME;...", "what is worn or implanted: " + all_names()}};
}

void build_objects(Anatomy& anatomy)
{
    auto const wanted = anatomy.plan.parameters.list("objects");
    if (wanted.empty()) return;
    auto const skin = std::ranges::find(anatomy.organs, "skin", &Organ::name);
    FLUORO_EXPECT(skin != anatomy.organs.end());
    ObjectBench const bench{anatomy, skin->shape};
    for (auto const& words : wanted) {
        auto const found = std::ranges::find_if(objects, [&](NamedObject const& o) { return words.front() == o.name; });
        if (found == std::end(objects) || words.size() > 1) {
            std::string given;
            for (auto const& word : words) given += (given.empty() ? "" : ":") + word;
            throw Error{"objects=" + given + ": no such object; write one or more of " + all_names() +
                        " with a ; between"};
        }
        found->build(bench);
    }
}

} // namespace fluoro
