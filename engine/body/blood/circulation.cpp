#include "blood/circulation_impl.hpp"
#include <algorithm>

namespace fluoro {

Circulation::Circulation(LumenGraph const& vessels, CirculationSettings const& settings)
    : impl_{std::make_unique<Impl>(vessels, settings)}
{
}
Circulation::~Circulation() = default;
Circulation::Circulation(Circulation&&) noexcept = default;
Circulation& Circulation::operator=(Circulation&&) noexcept = default;

void Circulation::advance(double dt_s, HeartMoment const& heart)
{
    impl_->advance(dt_s, heart);
}

std::span<double const> Circulation::flow_in_ml_s() const
{
    return impl_->flow_in;
}
std::span<double const> Circulation::flow_out_ml_s() const
{
    return impl_->flow_out;
}
std::span<double const> Circulation::pressure_mmhg() const
{
    return impl_->node_pressure;
}
std::vector<CapillaryBed> const& Circulation::beds() const
{
    return impl_->shown;
}
std::span<double const> Circulation::bed_flow_in_ml_s() const
{
    return impl_->bed_in;
}
std::span<double const> Circulation::bed_flow_out_ml_s() const
{
    return impl_->bed_out;
}
std::array<double, chamber_count> const& Circulation::chamber_ml() const
{
    return impl_->chamber_ml;
}
std::array<double, chamber_count> const& Circulation::chamber_mmhg() const
{
    return impl_->chamber_mmhg;
}
std::vector<int> const& Circulation::chamber_edges(Chamber chamber) const
{
    return impl_->circuit.chamber_edges[std::size_t(chamber)];
}
double Circulation::blood_ml() const
{
    return impl_->blood_ml();
}

void Circulation::inject(int source, int edge, double along_mm, double ml_s)
{
    auto& all = impl_->injections;
    auto const old = std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.source == source; });
    if (ml_s == 0) {
        if (old != all.end()) all.erase(old);
        return;
    }
    Impl::Injection const wanted{source, edge, along_mm, ml_s,
                                 impl_->calibres[std::size_t(edge)].share_before(along_mm)};
    if (old == all.end())
        all.push_back(wanted);
    else
        *old = wanted;
}

void Circulation::narrow(int cause, int edge, double from_mm, double to_mm, double radius_mm)
{
    impl_->change_width(cause, edge, true, from_mm, to_mm, radius_mm);
}

void Circulation::widen(int cause, int edge, double from_mm, double to_mm, double radius_mm)
{
    impl_->change_width(cause, edge, false, from_mm, to_mm, radius_mm);
}

double Circulation::room(int edge, double from_mm, double to_mm) const
{
    return impl_->calibres[std::size_t(edge)].room(from_mm, to_mm);
}

void Circulation::press_on_heart(double mmhg)
{
    impl_->outside_mmhg = mmhg;
}

void Circulation::change(CirculationSettings const& settings)
{
    impl_->change(settings);
}

} // namespace fluoro
