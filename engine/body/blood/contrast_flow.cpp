#include <fluoro/body/contrast_flow.hpp>

#include "contrast_transport.hpp"

namespace fluoro {

struct ContrastFlow::Impl {
    ContrastTransport transport;
};

namespace {

BloodVessels vessels_of(Circulation const& circulation)
{
    BloodVessels vessels{circulation.beds(), {}};
    for (int c = 0; c < chamber_count; ++c)
        vessels.chamber_edges[std::size_t(c)] = circulation.chamber_edges(Chamber(c));
    return vessels;
}

} // namespace

ContrastFlow::ContrastFlow(LumenGraph const& vessels, LumenCells const& cells, Circulation const& circulation)
    : impl_{std::make_unique<Impl>(Impl{{vessels, cells, vessels_of(circulation)}})}
{
}

ContrastFlow::~ContrastFlow() = default;
ContrastFlow::ContrastFlow(ContrastFlow&&) noexcept = default;
ContrastFlow& ContrastFlow::operator=(ContrastFlow&&) noexcept = default;

void ContrastFlow::inject(int source, int edge, double along_mm, double ml_s, double medium_share)
{
    impl_->transport.inject(source, edge, along_mm, ml_s, medium_share);
}

void ContrastFlow::reshape(int edge, std::span<double const> cells_ml)
{
    impl_->transport.reshape(edge, cells_ml);
}

void ContrastFlow::pull(Vec3 const& down, double medium_g_cm3)
{
    impl_->transport.pull(down, medium_g_cm3);
}

std::span<glm::vec3 const> ContrastFlow::lean() const
{
    return impl_->transport.lean();
}

double ContrastFlow::drawn_ml(int source) const
{
    return impl_->transport.drawn_ml(source);
}

void ContrastFlow::advance(double dt_s, Circulation const& circulation)
{
    impl_->transport.advance(dt_s,
                             {circulation.flow_in_ml_s(), circulation.flow_out_ml_s(), circulation.bed_flow_in_ml_s(),
                              circulation.bed_flow_out_ml_s(), circulation.chamber_ml()});
}

std::span<float const> ContrastFlow::share() const
{
    return impl_->transport.share();
}

std::span<float const> ContrastFlow::bed_share() const
{
    return impl_->transport.bed_share();
}

std::array<double, chamber_count> ContrastFlow::chamber_ml() const
{
    return impl_->transport.chamber_ml();
}

double ContrastFlow::mean_share(int cell) const
{
    return impl_->transport.mean_share(cell);
}

bool ContrastFlow::is_empty() const
{
    return impl_->transport.is_empty();
}

double ContrastFlow::injected_ml() const
{
    return impl_->transport.injected_ml();
}

double ContrastFlow::in_body_ml() const
{
    return impl_->transport.in_body_ml();
}

double ContrastFlow::excreted_ml() const
{
    return impl_->transport.excreted_ml();
}

} // namespace fluoro
