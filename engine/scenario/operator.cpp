#include "operator.hpp"

#include "names.hpp"
#include "tool_entries.hpp"

#include <algorithm>
#include <fluoro/yaml/map_reader.hpp>

namespace fluoro {

namespace {

constexpr double longest_session_s = 24 * 3600;
constexpr double farthest_mm = 10'000;
constexpr double full_turn_deg = 360;
constexpr double most_shift_px = 256;
constexpr std::int64_t most_frames = 100'000;
constexpr int most_causes = body_causes;
/// A script that does not say when it ends goes on this long after its last entry.
constexpr double closing_s = 1;

/// Ways to go wrong that leave no command.
using MaybeCommand = std::optional<Command>;

class EntryReader {
public:
    EntryReader(MapReader& map, std::string verb, Problems& problems)
        : map_{map}, verb_{std::move(verb)}, problems_{problems}
    {
    }

    MaybeCommand pedal()
    {
        YamlNode const* const to = map_.need("to", "to: down");
        if (!to) return {};
        auto const which = choice("which", {Pedal::fluoroscopy, Pedal::acquisition});
        if (to->text == "down") return PressPedal{which.value_or(Pedal::fluoroscopy)};
        if (to->text == "up") return PressPedal{Pedal::released};
        problems_.add(*to, "a pedal goes down or up; write to: down or to: up");
        return {};
    }
    MaybeCommand c_arm()
    {
        MoveCArm move;
        move.primary_rad = angle("lao_deg");
        move.secondary_rad = angle("cran_deg");
        move.source_to_detector_mm = length("sid_mm");
        return with_something(move, {"lao_deg", "cran_deg", "sid_mm"});
    }
    MaybeCommand table()
    {
        MoveTable move;
        move.longitudinal_mm = length("longitudinal_mm");
        move.lateral_mm = length("lateral_mm");
        move.height_mm = length("height_mm");
        move.tilt_rad = angle("tilt_deg");
        move.turn_rad = angle("turn_lao_deg");
        return with_something(move, {"longitudinal_mm", "lateral_mm", "height_mm", "tilt_deg", "turn_lao_deg"});
    }
    MaybeCommand blades()
    {
        MoveBlades move;
        move.left_mm = length("left_mm");
        move.right_mm = length("right_mm");
        move.top_mm = length("top_mm");
        move.bottom_mm = length("bottom_mm");
        return with_something(move, {"left_mm", "right_mm", "top_mm", "bottom_mm"});
    }
    MaybeCommand jog_c_arm()
    {
        return with_something(JogCArm{speed("lao"), speed("cran"), speed("sid")}, {"lao", "cran", "sid"});
    }
    MaybeCommand jog_table()
    {
        return with_something(
            JogTable{speed("longitudinal"), speed("lateral"), speed("height"), speed("tilt"), speed("turn")},
            {"longitudinal", "lateral", "height", "tilt", "turn"});
    }
    MaybeCommand field()
    {
        map_.need("field_mm", "field_mm: 220");
        if (auto const side = map_.number("field_mm", 0, farthest_mm)) return SelectField{*side};
        return {};
    }
    MaybeCommand pulse_rate()
    {
        map_.need("pulse_rate", "pulse_rate: 7.5");
        if (auto const rate = map_.number("pulse_rate", 0, 1000)) return SelectPulseRate{*rate};
        return {};
    }
    MaybeCommand technique()
    {
        bool const automatic = map_.truth("automatic").value_or(false);
        auto const kv = map_.number("voltage_kv", 0, 1000), ma = map_.number("current_ma", 0, 10'000),
                   ms = map_.number("pulse_ms", 0, 1000), copper = map_.number("copper_mm", 0, 100);
        if (automatic) {
            if (kv || ma || ms || copper) {
                problems_.add(map_.node(),
                              "automatic technique chooses its own values; leave them out or write automatic: false");
                return {};
            }
            return SelectTechnique{};
        }
        if (!kv || !ma || !ms) {
            problems_.add(map_.node(), "technique needs automatic: true, or voltage_kv, current_ma and pulse_ms");
            return {};
        }
        return SelectTechnique{false, *kv, *ma, *ms, copper.value_or(0)};
    }
    MaybeCommand programme()
    {
        SelectProgramme select;
        select.fluoroscopy =
            choice("fluoroscopy", {FluoroscopyLevel::low, FluoroscopyLevel::normal, FluoroscopyLevel::high});
        select.acquisition =
            choice("acquisition", {AcquisitionKind::cine, AcquisitionKind::dsa, AcquisitionKind::single});
        select.acquisition_per_second = map_.number("acquisition_per_second", 0, 1000);
        return with_something(select, {"fluoroscopy", "acquisition", "acquisition_per_second"});
    }
    MaybeCommand high_level() { return with_something(SetHighLevel{needed_truth("active")}, {"active"}); }
    MaybeCommand lock() { return with_something(LockExposure{needed_truth("active")}, {"active"}); }
    MaybeCommand grid() { return with_something(PlaceGrid{needed_truth("in")}, {"in"}); }
    MaybeCommand road_map() { return with_something(SetRoadMap{needed_truth("active")}, {"active"}); }
    MaybeCommand wedge()
    {
        map_.need("number", "number: 1");
        auto const number = map_.whole_number("number", 1, 2);
        MoveWedge move{int(number.value_or(1)) - 1, length("edge_mm"), angle("angle_deg")};
        if (!number) return {};
        return with_something(move, {"edge_mm", "angle_deg"});
    }
    MaybeCommand subtract()
    {
        Subtract s;
        s.on = map_.truth("active");
        s.mask_first = frame("mask_first");
        s.mask_frames = frame("mask_frames");
        s.shift_columns = map_.number("shift_columns", -most_shift_px, most_shift_px);
        s.shift_rows = map_.number("shift_rows", -most_shift_px, most_shift_px);
        s.landmark = map_.number("landmark", 0, 1);
        s.peak = map_.truth("peak");
        return with_something(
            s, {"active", "mask_first", "mask_frames", "shift_columns", "shift_rows", "landmark", "peak"});
    }
    MaybeCommand show()
    {
        ShowPicture s;
        s.inverted = map_.truth("inverted");
        s.edge_gain = map_.number("edge_gain", 0, 2);
        s.brightness = map_.number("brightness", -1, 1);
        s.contrast = map_.number("contrast", 0.25, 4);
        s.zoom = map_.number("zoom", 1, 4);
        s.centre_column = map_.number("centre_column", 0, 1);
        s.centre_row = map_.number("centre_row", 0, 1);
        return with_something(
            s, {"inverted", "edge_gain", "brightness", "contrast", "zoom", "centre_column", "centre_row"});
    }
    MaybeCommand review()
    {
        map_.need("run", "run: 1");
        auto const run = map_.whole_number("run", 0, most_frames);
        auto const at = map_.whole_number("frame", -1, most_frames);
        if (!run) return {};
        return ReviewRun{int(*run), int(at.value_or(1))};
    }
    MaybeCommand inject()
    {
        Inject inject;
        inject.through = map_.text("through").value_or("");
        if (inject.through.empty()) map_.need("vessel", "vessel: left-main, or through: jl4-5f");
        map_.need("volume_ml", "volume_ml: 8");
        map_.need("rate_ml_s", "rate_ml_s: 4");
        auto const volume = map_.number("volume_ml", 0.01, 200), rate = map_.number("rate_ml_s", 0.01, 50);
        inject.vessel = map_.text("vessel").value_or("");
        set(inject.along, map_.number("along", 0, 1));
        set(inject.iodine_mg_ml, map_.number("iodine_mg_ml", 0, 400));
        set(inject.rise_s, map_.number("rise_s", 0, 5));
        set(inject.pressure_psi, map_.number("pressure_psi", 1, 1500));
        set(inject.catheter_inner_mm, map_.number("catheter_inner_mm", 0.1, 10));
        set(inject.catheter_length_mm, map_.number("catheter_length_mm", 1, 3000));
        if (!inject.through.empty() && !inject.vessel.empty())
            problems_.add(map_.node(), "an injection goes into a vessel or through a tool; keep one of them");
        if ((inject.through.empty() && inject.vessel.empty()) || !volume || !rate) return {};
        inject.volume_ml = *volume;
        inject.rate_ml_s = *rate;
        return inject;
    }
    MaybeCommand breathe()
    {
        map_.need("how", "how: in-and-hold");
        auto const how = choice("how", {BreathCommand::quiet, BreathCommand::breathe_in_and_hold,
                                        BreathCommand::breathe_out_and_hold, BreathCommand::deep, BreathCommand::cough,
                                        BreathCommand::stop});
        if (!how) return {};
        return Breathe{*how};
    }
    MaybeCommand heart()
    {
        SetHeart set_heart;
        set_heart.rhythm = choice("rhythm", all_rhythms);
        set_heart.rate_per_min = map_.number("rate_per_min", 20, 250);
        set_heart.ectopic_share = map_.number("ectopic_share", 0, 0.5);
        return with_something(set_heart, {"rhythm", "rate_per_min", "ectopic_share"});
    }
    MaybeCommand mouthful()
    {
        TakeMouthful take;
        map_.need("volume_ml", "volume_ml: 15");
        auto const volume = map_.number("volume_ml", 0.1, 60);
        set(take.barium_g_100ml, map_.number("barium_g_100ml", 0, 250));
        set(take.viscosity_mpa_s, map_.number("viscosity_mpa_s", 1, 10'000));
        if (!volume) return {};
        take.volume_ml = *volume;
        return take;
    }
    MaybeCommand medicine()
    {
        YamlNode const* const name = map_.need("name", "name: midazolam");
        map_.need("mg", "mg: 1");
        auto const mg = map_.number("mg", 0, 1000);
        if (!name || !mg) return {};
        std::vector<std::string> names;
        for (Medicine const& one : medicines()) {
            if (name->text == one.name) return GiveMedicine{one.name, *mg};
            names.emplace_back(one.name);
        }
        problems_.add(*name, "name is " + one_of(names) + ", not " + in_quotes(name->text));
        return {};
    }
    MaybeCommand oxygen()
    {
        map_.need("l_min", "l_min: 4");
        auto const flow = map_.number("l_min", 0, 15);
        if (!flow) return {};
        return GiveOxygen{*flow};
    }
    MaybeCommand reaction()
    {
        map_.need("kind", "kind: vagal");
        auto const kind = choice("kind", {Reaction::vagal, Reaction::mild_allergy, Reaction::anaphylaxis});
        if (!kind) return {};
        return CauseReaction{*kind};
    }
    MaybeCommand granules()
    {
        map_.need("gas_ml", "gas_ml: 350");
        auto const gas = map_.number("gas_ml", 1, 1000);
        if (!gas) return {};
        return TakeGranules{*gas};
    }
    MaybeCommand perforate()
    {
        PerforateVessel hole;
        YamlNode const* const vessel = map_.need("vessel", "vessel: lad-mid");
        map_.need("hole_mm", "hole_mm: 0.5");
        auto const wide = map_.number("hole_mm", 0, 5);
        hole.number = cause();
        set(hole.along, map_.number("along", 0, 1));
        hole.side = side().value_or(hole.side);
        if (!vessel || !wide) return {};
        hole.vessel = vessel->text;
        hole.hole_mm = *wide;
        return hole;
    }
    MaybeCommand dissect()
    {
        DissectVessel tear;
        YamlNode const* const vessel = map_.need("vessel", "vessel: lad-mid");
        map_.need("depth_mm", "depth_mm: 1");
        auto const depth = map_.number("depth_mm", 0, 10);
        tear.number = cause();
        bool const is_stretch = stretch(tear.from, tear.to);
        tear.side = side().value_or(tear.side);
        if (!vessel || !depth || !is_stretch) return {};
        tear.vessel = vessel->text;
        tear.depth_mm = *depth;
        return tear;
    }
    MaybeCommand air()
    {
        InjectAir air;
        YamlNode const* const vessel = map_.need("vessel", "vessel: left-main");
        map_.need("volume_ml", "volume_ml: 0.05");
        auto const volume = map_.number("volume_ml", 0.001, 20);
        set(air.along, map_.number("along", 0, 1));
        if (!vessel || !volume) return {};
        air.vessel = vessel->text;
        air.volume_ml = *volume;
        return air;
    }
    MaybeCommand lumen()
    {
        SetLumen lumen;
        YamlNode const* const vessel = map_.need("vessel", "vessel: lad-mid");
        lumen.number = cause();
        bool const is_stretch = stretch(lumen.from, lumen.to);
        lumen.at_most_mm = map_.number("at_most_mm", 0, 60);
        lumen.at_least_mm = map_.number("at_least_mm", 0.1, 60);
        set(lumen.over_s, map_.number("over_s", 0.1, 60));
        if (lumen.at_most_mm && lumen.at_least_mm) {
            problems_.add(map_.node(), "a lumen becomes at_most_mm or at_least_mm wide, not both; write two entries");
            return {};
        }
        if (!vessel || !is_stretch) return {};
        lumen.vessel = vessel->text;
        return lumen;
    }
    MaybeCommand touch_heart() { return TouchHeart{int(map_.whole_number("beats", 1, 20).value_or(1))}; }
    MaybeCommand pressure_tip()
    {
        PlacePressureTip tip;
        if (YamlNode const* const vessel = map_.find("vessel")) tip.vessel = vessel->text;
        set(tip.along, map_.number("along", 0, 1));
        set(tip.blocked, map_.number("blocked", 0, 1));
        return tip;
    }
    MaybeCommand with(MaybeCommand (*entry)(MapReader&, Problems&)) { return entry(map_, problems_); }
    MaybeCommand store() { return StorePicture{map_.truth("as_reference").value_or(false)}; }

private:
    static void set(double& value, std::optional<double> given) { value = given.value_or(value); }
    /// Which of several holes, tears or narrowings is meant.
    int cause() { return int(map_.whole_number("number", 1, most_causes).value_or(1)); }
    std::optional<BodySide> side()
    {
        return choice("side", {BodySide::left, BodySide::right, BodySide::anterior, BodySide::posterior,
                               BodySide::superior, BodySide::inferior});
    }
    /// Two places on a vessel; a problem where they are in the wrong order.
    bool stretch(double& from, double& to)
    {
        set(from, map_.number("from", 0, 1));
        set(to, map_.number("to", 0, 1));
        if (from < to) return true;
        problems_.add(map_.node(), "from is a place before to on the vessel; write e.g. from: 0.4, to: 0.6");
        return false;
    }
    bool needed_truth(std::string const& key) { return map_.truth(key).value_or(false); }
    std::optional<int> frame(std::string const& key)
    {
        auto const number = map_.whole_number(key, 1, most_frames);
        return number ? std::optional{int(*number)} : std::nullopt;
    }
    /// One of the names of an enumeration's values.
    template <class Value> std::optional<Value> choice(std::string const& key, std::initializer_list<Value> values)
    {
        YamlNode const* const at = map_.find(key);
        if (!at) return {};
        return named(*at, key, values, problems_);
    }
    std::optional<double> length(std::string const& key) { return map_.number(key, -farthest_mm, farthest_mm); }
    std::optional<double> angle(std::string const& key)
    {
        auto const deg = map_.number(key, -full_turn_deg, full_turn_deg);
        return deg ? std::optional{radians(*deg)} : std::nullopt;
    }
    double speed(std::string const& key) { return map_.number(key, -1, 1).value_or(0); }
    MaybeCommand with_something(Command const& command, std::vector<std::string> const& keys)
    {
        if (std::ranges::any_of(keys, [this](std::string const& key) { return map_.find(key) != nullptr; }))
            return command;
        problems_.add(map_.node(), verb_ + " needs at least one of " + one_of(keys));
        return {};
    }

    MapReader& map_;
    std::string verb_;
    Problems& problems_;
};

struct Verb {
    char const* name;
    MaybeCommand (*read)(EntryReader&);
};

constexpr Verb verbs[] = {
    {"pedal", [](EntryReader& r) { return r.pedal(); }},
    {"c-arm", [](EntryReader& r) { return r.c_arm(); }},
    {"jog-c-arm", [](EntryReader& r) { return r.jog_c_arm(); }},
    {"table", [](EntryReader& r) { return r.table(); }},
    {"jog-table", [](EntryReader& r) { return r.jog_table(); }},
    {"blades", [](EntryReader& r) { return r.blades(); }},
    {"field", [](EntryReader& r) { return r.field(); }},
    {"pulse-rate", [](EntryReader& r) { return r.pulse_rate(); }},
    {"technique", [](EntryReader& r) { return r.technique(); }},
    {"programme", [](EntryReader& r) { return r.programme(); }},
    {"high-level", [](EntryReader& r) { return r.high_level(); }},
    {"lock", [](EntryReader& r) { return r.lock(); }},
    {"grid", [](EntryReader& r) { return r.grid(); }},
    {"wedge", [](EntryReader& r) { return r.wedge(); }},
    {"subtract", [](EntryReader& r) { return r.subtract(); }},
    {"road-map", [](EntryReader& r) { return r.road_map(); }},
    {"show", [](EntryReader& r) { return r.show(); }},
    {"review", [](EntryReader& r) { return r.review(); }},
    {"store", [](EntryReader& r) { return r.store(); }},
    {"inject", [](EntryReader& r) { return r.inject(); }},
    {"stop-injection", [](EntryReader&) -> MaybeCommand { return StopInjection{}; }},
    {"breathe", [](EntryReader& r) { return r.breathe(); }},
    {"heart", [](EntryReader& r) { return r.heart(); }},
    {"mouthful", [](EntryReader& r) { return r.mouthful(); }},
    {"swallow", [](EntryReader&) -> MaybeCommand { return SwallowNow{}; }},
    {"granules", [](EntryReader& r) { return r.granules(); }},
    {"medicine", [](EntryReader& r) { return r.medicine(); }},
    {"oxygen", [](EntryReader& r) { return r.oxygen(); }},
    {"reaction", [](EntryReader& r) { return r.reaction(); }},
    {"perforate", [](EntryReader& r) { return r.perforate(); }},
    {"dissect", [](EntryReader& r) { return r.dissect(); }},
    {"air", [](EntryReader& r) { return r.air(); }},
    {"lumen", [](EntryReader& r) { return r.lumen(); }},
    {"touch-heart", [](EntryReader& r) { return r.touch_heart(); }},
    {"pressure-tip", [](EntryReader& r) { return r.pressure_tip(); }},
    {"take", [](EntryReader& r) { return r.with(take_entry); }},
    {"aspirate", [](EntryReader& r) { return r.with(aspirate_entry); }},
    {"put-away", [](EntryReader& r) { return r.with(put_away_entry); }},
    {"hand", [](EntryReader& r) { return r.with(hand_entry); }},
    {"inflate", [](EntryReader& r) { return r.with(inflate_entry); }},
    {"aim", [](EntryReader& r) { return r.with(aim_entry); }},
    {"hammer", [](EntryReader& r) { return r.with(hammer_entry); }},
    {"mix-cement", [](EntryReader& r) { return r.with(mix_cement_entry); }},
    {"cement", [](EntryReader& r) { return r.with(cement_entry); }},
    {"stop", [](EntryReader&) -> MaybeCommand { return StopMotion{}; }},
    {"end", [](EntryReader&) -> MaybeCommand { return EndSession{}; }},
};

std::vector<std::string> verb_names()
{
    std::vector<std::string> names;
    for (Verb const& verb : verbs) names.emplace_back(verb.name);
    return names;
}

MaybeCommand command_of(YamlNode const& entry, MapReader& map, Problems& problems)
{
    YamlNode const* const verb = map.need("do", "do: pedal");
    if (!verb) return {};
    auto const known = std::ranges::find_if(verbs, [&](Verb const& v) { return verb->text == v.name; });
    if (known == std::end(verbs)) {
        std::string const nearest = nearest_name(verb->text, verb_names());
        problems.add(*verb,
                     "nothing is called " + in_quotes(verb->text) + "; " +
                         (nearest.empty() ? "do one of " + one_of(verb_names()) : "did you mean " + nearest + "?"));
        return {};
    }
    EntryReader reader{map, known->name, problems};
    std::size_t const before = problems.count();
    MaybeCommand command = known->read(reader);
    map.finish();
    if (!command && problems.count() == before) problems.add(entry, "this entry does nothing");
    return command;
}

} // namespace

std::vector<TimedCommand> operator_commands(YamlNode const& list, std::string const& what, Problems& problems,
                                            Room* room, ToolLibrary const* tools, std::vector<std::string>& warnings)
{
    std::vector<TimedCommand> script;
    if (list.kind != YamlNode::Kind::list || list.items.empty()) {
        problems.add(list, what + " is a list of entries; write e.g. - {at_s: 1, do: pedal, to: down}");
        return script;
    }
    double last_s = 0;
    bool has_ended = false;
    for (YamlNode const& entry : list.items) {
        MapReader map{entry, "an entry of " + what, problems};
        if (entry.kind != YamlNode::Kind::map) continue;
        map.need("at_s", "at_s: 1.5");
        std::optional<double> const at_s = map.number("at_s", 0, longest_session_s);
        MaybeCommand const command = command_of(entry, map, problems);
        if (has_ended) {
            problems.add(entry, "nothing happens after 'end'; move it to the last place");
            break;
        }
        if (!at_s || !command) continue;
        if (*at_s < last_s) {
            problems.add(entry, "at_s is earlier than the entry above it; keep entries in the order of time");
            continue;
        }
        last_s = *at_s;
        if (tools) check_tool(*command, *tools, entry, problems);
        has_ended = std::holds_alternative<EndSession>(*command);
        script.push_back({tick_at(*at_s), *command});
        if (room)
            if (std::string const why = room->command(*command); !why.empty())
                warnings.push_back(problems.message(entry, "the room will refuse this. " + why));
    }
    if (!has_ended) script.push_back({tick_at(last_s + closing_s), EndSession{}});
    return script;
}

} // namespace fluoro
