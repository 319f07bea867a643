#include "body_wish.hpp"

#include "names.hpp"

#include <fluoro/yaml/map_reader.hpp>

namespace fluoro {
namespace {

/// One map inside `body`, whose numbers replace settings.
class Part {
public:
    Part(YamlNode const& node, std::string const& what, Problems& problems)
        : map_{node, what, problems}, problems_{problems}
    {
    }
    ~Part() { map_.finish(); }
    Part(Part const&) = delete;
    Part& operator=(Part const&) = delete;

    void number(std::string const& key, double& value, double least, double most)
    {
        value = map_.number(key, least, most).value_or(value);
    }
    void truth(std::string const& key, bool& value) { value = map_.truth(key).value_or(value); }
    template <class Value> void choice(std::string const& key, Value& value, std::initializer_list<Value> values)
    {
        if (YamlNode const* const at = map_.find(key)) value = named(*at, key, values, problems_).value_or(value);
    }

private:
    MapReader map_;
    Problems& problems_;
};

void read_heart(YamlNode const& node, HeartbeatSettings& heart, Problems& problems)
{
    Part part{node, "heart", problems};
    part.choice("rhythm", heart.rhythm, all_rhythms);
    part.number("rate_per_min", heart.rate_per_min, 20, 250);
    part.number("variability", heart.variability, 0, 0.3);
    part.number("ectopic_share", heart.ectopic_share, 0, 0.5);
}

void read_breath(YamlNode const& node, BreathingSettings& breath, Problems& problems)
{
    Part part{node, "breath", problems};
    part.number("rate_per_min", breath.rate_per_min, 4, 60);
    part.number("quiet_dome_mm", breath.quiet_dome_mm, 0, 30);
    part.number("deep_dome_mm", breath.deep_dome_mm, 10, 70);
    part.number("delay_s", breath.delay_s, 0, 10);
    part.number("endurance_s", breath.endurance_s, 1, 120);
    part.number("variability", breath.variability, 0, 0.3);
}

void read_blood(YamlNode const& node, CirculationSettings& blood, Problems& problems)
{
    Part part{node, "blood", problems};
    part.number("cardiac_output_l_min", blood.cardiac_output_l_min, 1, 12);
    part.number("mean_pressure_mmhg", blood.mean_pressure_mmhg, 40, 160);
    part.number("viscosity_mpa_s", blood.viscosity_mpa_s, 1, 10);
    part.number("end_diastolic_ml", blood.end_diastolic_ml, 60, 350);
    part.number("ejection_fraction", blood.ejection_fraction, 0.1, 0.8);
    part.number("venous_pressure_mmhg", blood.venous_pressure_mmhg, 0, 25);
    part.number("collaterals", blood.collaterals, 0, 1);
}

void read_swallow(YamlNode const& node, SwallowSettings& swallow, Problems& problems)
{
    Part part{node, "swallow", problems};
    part.number("wave_mm_s", swallow.wave_mm_s, 5, 100);
    part.number("wave_strength", swallow.wave_strength, 0, 1);
    part.number("upper_opening_mm", swallow.upper_opening_mm, 0, 20);
    part.number("lower_opening_mm", swallow.lower_opening_mm, 0, 30);
    part.truth("lower_relaxes", swallow.lower_relaxes);
    part.number("tertiary_share", swallow.tertiary_share, 0, 1);
    part.number("antral_per_min", swallow.antral_per_min, 0.5, 10);
    part.number("antral_mm_s", swallow.antral_mm_s, 0.5, 10);
    part.number("antral_strength", swallow.antral_strength, 0, 1);
    part.number("epiglottis_delay_s", swallow.epiglottis_delay_s, 0, 2);
    part.number("reflux_per_min", swallow.reflux_per_min, 0, 10);
}

} // namespace

std::optional<BodySettings> read_body(YamlNode const& node, Problems& problems)
{
    BodySettings body;
    if (node.kind == YamlNode::Kind::scalar) {
        if (node.text == "still") return {};
        problems.add(node, "body is still, or a map of heart, breath, blood and swallow");
        return body;
    }
    MapReader map{node, "body", problems};
    if (auto const* const at = map.find("heart")) read_heart(*at, body.heart, problems);
    if (auto const* const at = map.find("breath")) read_breath(*at, body.breath, problems);
    if (auto const* const at = map.find("blood")) read_blood(*at, body.circulation, problems);
    if (auto const* const at = map.find("swallow")) read_swallow(*at, body.swallow, problems);
    map.finish();
    return body;
}

} // namespace fluoro
