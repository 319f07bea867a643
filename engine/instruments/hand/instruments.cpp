#include "instruments_impl.hpp"

#include <bit>
#include <fluoro/core/error.hpp>

namespace fluoro {

std::uint64_t mixed(std::uint64_t hash, double number)
{
    return (hash ^ std::bit_cast<std::uint64_t>(number)) * 0x9e3779b97f4a7c15 + (hash >> 29);
}

struct Instruments::Impl {
    Impl(std::shared_ptr<Patient const> patient, std::shared_ptr<ToolLibrary const> all, std::uint64_t seed)
        : library{std::move(all)}, vessels{patient, seed}, needles{std::move(patient), seed}
    {
    }
    std::shared_ptr<ToolLibrary const> library;
    VesselWork vessels;
    NeedleWork needles;
    InstrumentStatus status;

    std::string operator()(TakeTool const& o) { return vessels.take(library->find(o.tool), o); }
    std::string operator()(Aspirate const& o) { return vessels.aspirate(o.tool); }
    std::string operator()(PutToolAway const& o)
    {
        return needles.holds(o.tool) ? needles.put_away(o.tool) : vessels.put_away(o.tool);
    }
    std::string operator()(MoveTool const& o) { return needles.holds(o.tool) ? needles.move(o) : vessels.move(o); }
    std::string operator()(InflateBalloon const& o) { return vessels.inflate(o); }
    std::string operator()(AimNeedle const& o) { return needles.aim(library->find(o.tool), o); }
    std::string operator()(HammerNeedle const& o) { return needles.hammer(o); }
    std::string operator()(MixCement const& o) { return needles.mix(o); }
    std::string operator()(PushCement const& o) { return needles.push(o); }

    void tell()
    {
        status.tools.clear();
        status.stents.clear();
        status.needles.clear();
        status.breaches.clear();
        vessels.tell(status);
        needles.tell(status);
    }
};

Instruments::Instruments(std::shared_ptr<Patient const> patient, std::shared_ptr<ToolLibrary const> library,
                         std::uint64_t seed)
    : impl_{std::make_unique<Impl>(std::move(patient), std::move(library), seed)}
{
}
Instruments::~Instruments() = default;

std::string Instruments::begin(std::vector<ToolInPlace> const& tools, Body const* body)
{
    try {
        for (ToolInPlace const& wish : tools)
            if (auto refusal = impl_->vessels.begin(wish, impl_->library->find(wish.tool), body); !refusal.empty())
                return refusal;
    } catch (Error const& error) {
        return error.what();
    }
    impl_->tell();
    return {};
}

std::string Instruments::order(ToolOrder const& order)
{
    try {
        std::string refusal = std::visit(*impl_, order);
        impl_->tell();
        return refusal;
    } catch (Error const& error) {
        return error.what();
    }
}

void Instruments::advance(Body const* body, std::vector<BodyOrder>& effects)
{
    impl_->vessels.advance(body, effects);
    impl_->needles.advance();
    impl_->tell();
}

InstrumentStatus const& Instruments::status() const
{
    return impl_->status;
}

InstrumentPicture Instruments::picture(Body const* body) const
{
    InstrumentPicture picture;
    impl_->vessels.draw(body, picture.stretches);
    impl_->needles.draw(picture);
    return picture;
}

std::string Instruments::aim_injection(std::string const& tool, Inject& injection)
{
    return impl_->vessels.aim_injection(tool, injection);
}

std::uint64_t Instruments::state_hash() const
{
    return impl_->vessels.state_hash() * 31 + impl_->needles.state_hash();
}

} // namespace fluoro
