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

    std::string operator()(TakeTool const& o)
    {
        auto tool = library->find(o.tool);
        if (tool->kind == ToolKind::bone_balloon) return needles.take(std::move(tool), o);
        if (auto refusal = through_needle(*tool, o.access); !refusal.empty()) return refusal;
        return vessels.take(std::move(tool), o);
    }
    std::string through_needle(Tool const& tool, std::string const& access);
    std::string operator()(Aspirate const& o) { return vessels.aspirate(o.tool); }
    std::string operator()(PutToolAway const& o)
    {
        return needles.holds(o.tool) ? needles.put_away(o.tool) : vessels.put_away(o.tool);
    }
    std::string operator()(MoveTool const& o)
    {
        if (!needles.holds(o.tool)) return vessels.move(o);
        bool const is_told = o.until_at.empty() && o.aim_at.empty() && o.markers_at.empty();
        return is_told ? needles.move(o) : o.tool + " is in no vessel: its depth is told by until_mm";
    }
    std::string operator()(InflateBalloon const& o)
    {
        return needles.holds(o.tool) ? needles.inflate(o) : vessels.inflate(o);
    }
    std::string operator()(AimNeedle const& o)
    {
        if (vessels.tools_in(o.tool).value_or(0) > 0)
            return "Tools are in the way that this needle made: take another, " + o.tool + "#2";
        auto refusal = needles.aim(library->find(o.tool), o);
        if (refusal.empty()) vessels.close_way(o.tool);
        return refusal;
    }
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
        needles.tell(body, status);
    }
    Body const* body = nullptr; ///< of the last tick
};

/// Seldinger: a wire through a needle in a vessel, the needle off, a sheath over the wire. Why not; empty = it is none
/// of these, or can be.
std::string Instruments::Impl::through_needle(Tool const& tool, std::string const& access)
{
    if (Needle const* const needle = needles.needle(access)) {
        if (needle->tool().kind != ToolKind::needle) return "A bone needle leads into no vessel";
        double const inner = needle->tool().narrowest_inner_mm();
        if (tool.widest_mm() > inner) {
            bool const is_over = vessels.tools_in(access).value_or(0) > 0;
            return is_over ? "The needle is still over the wire: draw it off first"
                           : "The " + tool.title + " does not go through the needle";
        }
        if (vessels.tools_in(access).value_or(0) > 0) return {};
        if (!needle->has_blood_return())
            return "The wire meets resistance: no blood comes back, the needle's tip is in no vessel";
        return vessels.open_way(access, needle->tip_mm(), needle->direction());
    }
    auto const left = vessels.tools_in(access);
    if (left && *left == 0) {
        vessels.close_way(access);
        return "The needle and all that went through it are out: the way into the vessel has closed";
    }
    return {};
}

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

void Instruments::advance(Body const* body, std::vector<BodyOrder>& effects, StageClock* clock)
{
    impl_->body = body;
    impl_->status.notes.clear();
    impl_->vessels.advance(body, effects, clock);
    impl_->needles.advance(body, impl_->status.notes);
    impl_->tell();
    lap(clock, ToolStage::effects);
}

int Instruments::segments() const
{
    return impl_->vessels.segments();
}

InstrumentStatus const& Instruments::status() const
{
    return impl_->status;
}

InstrumentPicture Instruments::picture(Body const* body) const
{
    InstrumentPicture picture;
    impl_->vessels.draw(body, picture.stretches);
    impl_->needles.draw(body, picture);
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
