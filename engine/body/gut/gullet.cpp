#include "gullet_parts.hpp"

#include <algorithm>
#include <cmath>
#include <fluoro/core/error.hpp>
#include <utility>

namespace fluoro {

namespace {

constexpr double cell_mm = 2.5;

int node_named(LumenGraph const& gut, char const* name)
{
    if (auto const node = gut.find_node(name)) return *node;
    throw Error{std::string{"the patient cannot swallow: his gut has no node '"} + name +
                "'; use one whose anatomy was fitted from mouth to stomach"};
}

TubeCells way_down(LumenGraph const& gut)
{
    int const lips = node_named(gut, "lips"), cardia = node_named(gut, "cardia");
    std::vector<int> const way = gut.way(lips, cardia);
    if (way.empty()) throw Error{"the patient cannot swallow: no way leads from his lips to the cardia"};
    return cut_tube(gut, way, lips, cell_mm);
}

double length_of(LumenGraph const& gut, char const* from, char const* to)
{
    double sum = 0;
    for (int e : gut.way(node_named(gut, from), node_named(gut, to))) sum += gut.edges[std::size_t(e)].length_mm();
    return sum;
}

SwallowWay places(LumenGraph const& gut)
{
    return {length_of(gut, "lips", "fauces"), length_of(gut, "lips", "upper-sphincter"),
            length_of(gut, "lips", "cardia")};
}

} // namespace

Gullet::Impl::Impl(Patient const& patient, SwallowSettings const& wanted)
    : settings{wanted}, way{places(patient.lumens.gut)}, tube{way_down(patient.lumens.gut),
                                                              TubeLaw{.stiff_pa = SwallowMuscles::stiff_pa}},
      muscles{way, wanted}, first_throat{tube.cells().at(way.fauces_mm)},
      first_gullet{tube.cells().at(way.upper_mm)}, picture{tube, patient.ct, first_throat, first_gullet}
{
    tube.outlet.is_open = true;
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
}

void Gullet::Impl::swallow()
{
    double const ml = tube.all(0, first_throat).liquid_mm3 / 1000;
    muscles.swallow(ml);
}

void Gullet::Impl::advance(double dt_s, Vec3 const& towards)
{
    down = towards;
    muscles.advance(dt_s);
    muscles.set_opening(tube.cells(), tube.opening());
    tube.advance(dt_s, down);
    stomach += tube.outlet.received;
    tube.outlet.received = {};
}

double Gullet::Impl::tail_mm() const
{
    // Film and droplets behind it do not count; between two cells where the cross-section would be just enough.
    constexpr double enough_mm2 = 5;
    TubeCells const& cells = tube.cells();
    double before = 0;
    for (int i = 0; i < cells.count(); ++i) {
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

std::vector<Content> Gullet::Impl::contents() const
{
    std::vector<Content> all;
    auto const add = [&](Mixture const& medium, BasisDensities const& displaced, std::vector<ContentTube> tubes) {
        if (!tubes.empty()) all.push_back({medium, displaced, std::move(tubes), {}});
    };
    Mixture const barium = barium_suspension(100 * strongest_mg_mm3);
    TubePicture::Tubes in_tube = picture.barium(tube, strongest_mg_mm3, down);
    add(barium, soft_tissue(), std::move(in_tube.in_tissue));
    add(barium, {}, std::move(in_tube.in_air));
    // In air gas looks as before.
    add(air_bubble(), soft_tissue(), picture.gas(tube, down).in_tissue);
    return all;
}

Gullet::Gullet(Patient const& patient, SwallowSettings const& settings)
    : impl_{std::make_unique<Impl>(patient, settings)}
{
}
Gullet::~Gullet() = default;
Gullet::Gullet(Gullet&&) noexcept = default;
Gullet& Gullet::operator=(Gullet&&) noexcept = default;

void Gullet::change(SwallowSettings const& settings)
{
    impl_->settings = settings;
    impl_->muscles.change(settings);
}
void Gullet::take(double ml, Preparation const& preparation)
{
    impl_->take(ml, preparation);
}
void Gullet::swallow()
{
    impl_->swallow();
}
void Gullet::take_granules(double gas_ml)
{
    impl_->granules_mm3 += 1000 * gas_ml;
}
void Gullet::advance(double dt_s, Vec3 const& down)
{
    impl_->advance(dt_s, down);
}
SwallowPose Gullet::pose() const
{
    return impl_->muscles.pose();
}
std::vector<Content> Gullet::contents() const
{
    return impl_->contents();
}
double Gullet::swallowed_ml() const
{
    return impl_->taken_mm3 / 1000 - in_mouth_ml();
}
double Gullet::in_mouth_ml() const
{
    return impl_->tube.all(0, impl_->first_gullet).liquid_mm3 / 1000;
}
double Gullet::in_oesophagus_ml() const
{
    return impl_->tube.all(impl_->first_gullet, impl_->tube.cells().count()).liquid_mm3 / 1000;
}
double Gullet::in_stomach_ml() const
{
    return impl_->stomach.liquid_mm3 / 1000;
}
double Gullet::gas_ml() const
{
    return (impl_->tube.all().gas_mm3 + impl_->stomach.gas_mm3 + impl_->granules_mm3) / 1000;
}
double Gullet::aspirated_ml() const
{
    return 0;
}
double Gullet::left_ml() const
{
    return 0;
}
double Gullet::tail_mm() const
{
    return impl_->tail_mm();
}

} // namespace fluoro
