#include "gullet_parts.hpp"

namespace fluoro {

Gullet::Gullet(Patient const& patient, SwallowSettings const& settings)
    : impl_{std::make_unique<Impl>(patient, settings)}
{
}
Gullet::~Gullet() = default;
Gullet::Gullet(Gullet&&) noexcept = default;
Gullet& Gullet::operator=(Gullet&&) noexcept = default;

void Gullet::change(SwallowSettings const& settings)
{
    impl_->change(settings);
}

void Gullet::take(double ml, Preparation const& preparation)
{
    impl_->take(ml, preparation);
}

void Gullet::take_granules(double gas_ml)
{
    impl_->stomach.take_granules(1000 * gas_ml);
}

void Gullet::swallow()
{
    impl_->muscles.swallow(impl_->tube.all(0, impl_->first_throat).liquid_mm3 / 1000);
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
    return impl_->above_gullet().liquid_mm3 / 1000;
}

double Gullet::in_oesophagus_ml() const
{
    return impl_->tube.all(impl_->first_gullet, impl_->tube.cells().count()).liquid_mm3 / 1000;
}

double Gullet::in_stomach_ml() const
{
    return (impl_->stomach.barium().liquid_mm3 - impl_->stomach.film_mm3()) / 1000;
}

double Gullet::gas_ml() const
{
    double sum = impl_->tube.all().gas_mm3 + impl_->stomach.gas_mm3() + impl_->stomach.bound_gas_mm3();
    if (impl_->airway) sum += impl_->airway->all().gas_mm3;
    if (impl_->bowel) sum += impl_->bowel->all().gas_mm3 + impl_->bowel->outlet.received.gas_mm3;
    return sum / 1000;
}

double Gullet::aspirated_ml() const
{
    return impl_->airway ? impl_->airway->all().liquid_mm3 / 1000 : 0;
}

double Gullet::left_ml() const
{
    double sum = impl_->stomach.film_mm3();
    if (impl_->bowel) sum += impl_->bowel->all().liquid_mm3 + impl_->bowel->outlet.received.liquid_mm3;
    return sum / 1000;
}

double Gullet::tail_mm() const
{
    return impl_->tail_mm();
}

} // namespace fluoro
