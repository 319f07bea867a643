#include "gullet_parts.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/random.hpp>
#include <utility>

namespace fluoro {

namespace {

constexpr double air_share = 0.15;    ///< of a mouthful's volume, swallowed with it (typical)
constexpr double wide_mm = 14;        ///< half width from which the gullet does not collapse any more
constexpr double wide_place_mm = 1.5; ///< side of the places in a gullet that stands open
constexpr double transient_pa = 1300; ///< 10 mmHg that press the stomach's content up when the sphincter lets go
constexpr double reflux_mm3 = 15000, reflux_s = 7;
constexpr double bowel_wave_s = 5, bowel_wave_mm_s = 25, bowel_wave_mm = 15; ///< 12 a minute

template <typename Tube> std::optional<TubePicture> picture_of(std::optional<Tube> const& tube, Volume const& ct)
{
    if (!tube) return std::nullopt;
    constexpr double place_mm = 1.25;
    return TubePicture{*tube, ct, 0, tube->cells().count(), place_mm};
}

std::optional<TubeFluid> tube_of(std::optional<TubeCells> const& cells)
{
    if (!cells) return std::nullopt;
    return TubeFluid{*cells, {}};
}

} // namespace

Gullet::Impl::Impl(Patient const& patient, SwallowSettings const& wanted)
    : settings{wanted}, way{swallow_way(patient.lumens.gut)},
      tube{way_down(patient.lumens.gut), TubeLaw{.stiff_pa = SwallowMuscles::stiff_pa}}, muscles{way, wanted},
      first_throat{tube.cells().at(way.fauces_mm)}, first_gullet{tube.cells().at(way.upper_mm)}, inlet{first_throat},
      airway{tube_of(windpipe(patient.lumens.airways))}, bowel{tube_of(duodenum(patient.lumens.gut))}, stomach{patient},
      recesses{throat_recesses(patient, tube.cells())}, zenker{throat_pouch(patient, std::max(0, first_gullet - 2))},
      picture{tube, patient.ct, first_throat, first_gullet, wide_place_mm, first_gullet}, graph_{tube.cells()}
{
    tube.outlet.is_open = true;
    TubeCells const& cells = tube.cells();
    for (int i = first_gullet; i < cells.count(); ++i)
        if (cells.open_mm2[std::size_t(i)] > std::numbers::pi * wide_mm * wide_mm) tube.set_stands_open(i);
    picture = TubePicture{tube, patient.ct, first_throat, first_gullet, wide_place_mm, first_gullet};
    open_sphincters();
    if (airway) {
        for (int i = 0; i < airway->cells().count(); ++i) airway->set_stands_open(i);
        for (int i = first_throat; i < first_gullet; ++i)
            if (glm::length(cells.middle_mm[std::size_t(i)] - airway->cells().middle_mm[0]) <
                glm::length(cells.middle_mm[std::size_t(inlet)] - airway->cells().middle_mm[0]))
                inlet = i;
    }
    airway_picture = picture_of(airway, patient.ct);
    if (bowel) {
        bowel->outlet.is_open = true;
        bowel_picture.emplace(*bowel, patient.ct, 0, 0, wide_place_mm);
    }
}

void Gullet::Impl::change(SwallowSettings const& wanted)
{
    settings = wanted;
    muscles.change(wanted);
    open_sphincters();
}

/// As wide as they are said to open, or as something narrower in the patient lets them.
void Gullet::Impl::open_sphincters()
{
    TubeCells const& cells = tube.cells();
    auto const area = [](double diameter_mm) { return std::numbers::pi * diameter_mm * diameter_mm / 4; };
    for (int i = 0; i < cells.count(); ++i) {
        double const s = cells.centre_mm(i);
        auto const cell = std::size_t(i);
        if (std::abs(s - way.upper_mm) < SwallowMuscles::upper_length_mm / 2) {
            // The graph may widen within it, into a gullet that is none of the sphincter's.
            double const open = area(settings.upper_opening_mm);
            tube.set_open_mm2(i, open, open);
        } else if (s > way.cardia_mm - SwallowMuscles::lower_length_mm) {
            double const open = std::min(graph_.open_mm2[cell], area(settings.lower_opening_mm));
            tube.set_open_mm2(i, open, std::min(graph_.narrow_mm2[cell], open));
        }
    }
}

void Gullet::Impl::take(double ml, Preparation const& p)
{
    // From the fauces forward, as full as it gets; cheeks give way to what is more.
    double left = 1000 * ml;
    taken_mm3 += left;
    double const solids = p.g_baso4_per_100ml / 100, thick = std::log(std::max(0.5, p.viscosity_mpa_s));
    strongest_mg_mm3 = std::max(strongest_mg_mm3, solids);
    auto const put = [&](int cell, double mm3) { tube.add(cell, {mm3, 0, solids * mm3, thick * mm3}); };
    TubeCells const& cells = tube.cells();
    int const last = cells.at(way.fauces_mm - SwallowMuscles::upper_length_mm);
    for (int i = last; i >= 0 && left > 0; --i) {
        double const room = cells.open_mm2[std::size_t(i)] * cells.length_mm[std::size_t(i)];
        double const in = std::clamp(room - tube.held(i).total_mm3(), 0.0, left);
        put(i, in);
        left -= in;
    }
    for (int i = 0; i <= last && left > 0; ++i) put(i, left / (last + 1));
    tube.add(last / 2, {0, 1000 * ml * air_share, 0, 0});
}

void Gullet::Impl::advance(double dt_s, Vec3 const& towards)
{
    down = towards;
    ++steps_;
    muscles.advance(dt_s);
    muscles.set_opening(tube.cells(), tube.opening());
    exchange_with_stomach(dt_s);
    leak_into_airway(dt_s);
    // Some of what passes stays in the recesses; the next swallow washes it out.
    recesses.advance(dt_s, down, muscles.is_busy() ? SidePouch::Habit{0.15, 0.8, 0.4} : SidePouch::Habit{}, tube);
    if (zenker) zenker->advance(dt_s, down, {6, 0, 0.9}, tube);
    stomach.advance(dt_s, down, {settings.antral_per_min, settings.antral_mm_s, settings.antral_strength});
    move_bowel(dt_s);
}

void Gullet::Impl::exchange_with_stomach(double dt_s)
{
    // When its sphincter lets go without a swallow, at random times.
    RandomSequence chance{settings.seed, RandomStream::body, steps_, 0x7265};
    if (settings.reflux_per_min > 0 && reflux_s_ <= 0 && !muscles.has_wave() &&
        chance.next_uniform() < settings.reflux_per_min * dt_s / 60) {
        muscles.let_up();
        reflux_s_ = reflux_s;
        reflux_mm3_ = reflux_mm3;
    }
    bool const is_refluxing = reflux_s_ > 0;
    if (is_refluxing && (reflux_s_ -= dt_s) <= 0) muscles.clear_gullet();
    TubeFluid::End& end = tube.outlet;
    // It gives way to what is swallowed; only what comes up is pressed.
    bool const is_forced = stomach.pressure_pa() > SwallowMuscles::lower_pa;
    end.pressure_pa = is_refluxing || is_forced ? stomach.pressure_pa() + (is_refluxing ? transient_pa : 0) : 0;
    end.offered = is_refluxing || is_forced ? stomach.at_cardia(is_refluxing ? reflux_mm3_ : reflux_mm3) : Portion{};
    Portion const offered = end.offered;
    tube.advance(dt_s, down);
    Portion taken = offered;
    taken -= end.offered;
    stomach.give(taken);
    if (is_refluxing) reflux_mm3_ = std::max(0.0, reflux_mm3_ - taken.total_mm3());
    stomach.receive(end.received);
    end.received = {};
}

void Gullet::Impl::leak_into_airway(double dt_s)
{
    if (!airway) return;
    constexpr double per_s = 1.5, least_mm2 = 6; ///< of what stands before an open inlet; drops cling
    double const share = -std::expm1(-dt_s * per_s * muscles.airway_opening());
    if (share > 0)
        for (int i = inlet; i < std::min(inlet + 6, first_gullet); ++i)
            if (tube.liquid_mm2(i) > least_mm2) {
                Portion in = tube.take(i, share);
                tube.add(i, {0, in.gas_mm3, 0, 0});
                in.gas_mm3 = 0;
                airway->add(0, in);
            }
    airway->advance(dt_s, down);
}

void Gullet::Impl::move_bowel(double dt_s)
{
    if (!bowel) return;
    bowel->add(0, stomach.let_through());
    bowel_s_ += dt_s;
    if (bowel_s_ >= bowel_wave_s) bowel_s_ -= bowel_wave_s;
    for (int i = 0; i < bowel->cells().count(); ++i) {
        // Waves follow each other evenly.
        double const apart = bowel_wave_s * bowel_wave_mm_s,
                     behind = bowel_s_ * bowel_wave_mm_s - bowel->cells().centre_mm(i);
        double const x = (behind - apart * std::round(behind / apart)) / bowel_wave_mm;
        bowel->opening()[std::size_t(i)] = 1 - 1.1 * std::exp(-x * x);
    }
    bowel->advance(dt_s, down);
}

double Gullet::Impl::tail_mm() const
{
    // Film and droplets behind it do not count; between two cells where the cross-section would be just enough.
    constexpr double enough_mm2 = 5;
    TubeCells const& cells = tube.cells();
    double before = 0;
    // Behind it, in the mouth, saliva gathers.
    for (int i = muscles.swallows() == 0 || muscles.is_busy() ? 0 : first_gullet; i < cells.count(); ++i) {
        double const here = tube.liquid_mm2(i);
        if (here >= enough_mm2) {
            double const share = (here - enough_mm2) / std::max(1e-9, here - before);
            double const step = i > 0 ? cells.centre_mm(i) - cells.centre_mm(i - 1) : 0;
            return cells.centre_mm(i) - share * step - way.upper_mm;
        }
        before = here;
    }
    return muscles.swallows() > 0 ? way.gullet_mm() : -way.upper_mm;
}

Portion Gullet::Impl::above_gullet() const
{
    Portion sum = tube.all(0, first_gullet);
    sum += recesses.held();
    if (zenker) sum += zenker->held();
    return sum;
}

std::vector<Content> Gullet::Impl::contents() const
{
    std::vector<Content> all;
    auto const content = [&](Mixture const& medium, BasisDensities const& displaced) {
        return Content{medium, displaced, {}, {}};
    };
    double const strongest = std::max(1e-3, strongest_mg_mm3);
    Mixture const white = barium_suspension(100 * strongest);
    Content barium = content(white, soft_tissue()), gas = content(air_bubble(), soft_tissue()),
            juice = content(pure(find_material("water")), {});
    auto const append = [](Content& to, std::vector<ContentParcels>&& more) {
        for (ContentParcels& parcels : more)
            if (!parcels.at_mm.empty()) to.parcels.push_back(std::move(parcels));
    };
    auto const draw = [&](TubeFluid const& fluid, TubePicture const& drawn) {
        TubePicture::Parcels parcels = drawn.barium(fluid, strongest, down);
        append(barium, std::move(parcels.in_tissue));
        append(barium, std::move(parcels.in_air));
        append(gas, drawn.gas(fluid, down).in_tissue);
    };
    draw(tube, picture);
    if (airway) draw(*airway, *airway_picture);
    if (bowel) draw(*bowel, *bowel_picture);
    auto const add_pouch = [&](SidePouch const& pouch) {
        if (pouch.held().liquid_mm3 <= 0) return;
        std::vector<float> const shares = pouch.shares(strongest);
        barium.clouds.push_back({pouch.places().in_air, shares});
        barium.clouds.push_back({pouch.places().in_tissue, shares});
    };
    add_pouch(recesses);
    if (zenker) add_pouch(*zenker);
    if (stomach.has_picture()) {
        Stomach::Shares const shares = stomach.shares(strongest);
        HollowPlaces const& places = stomach.places();
        if (stomach.barium().liquid_mm3 > 0) {
            barium.clouds.push_back({places.in_air, shares.barium_in_air});
            barium.clouds.push_back({places.in_tissue, shares.barium_in_tissue});
        }
        gas.clouds.push_back({places.in_tissue, shares.gas_in_tissue});
        juice.clouds.push_back({places.in_air, shares.juice_in_air});
    }
    for (Content* c : {&barium, &gas, &juice})
        if (!c->parcels.empty() || !c->clouds.empty()) all.push_back(std::move(*c));
    return all;
}

} // namespace fluoro
