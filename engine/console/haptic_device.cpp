#include <algorithm>
#include <cmath>
#include <fluoro/console/haptic_device.hpp>

namespace fluoro {
namespace {

/// Smaller than this is the sensor's own tremor.
constexpr double least_mm = 0.02, least_rad = 0.002;

double within(double value, double most)
{
    return std::isfinite(value) ? std::clamp(value, -most, most) : 0;
}

} // namespace

HapticHand::HapticHand(HandSide side, std::shared_ptr<HapticDevice> device)
    : side_{side}, device_{device ? std::move(device) : std::make_shared<NoHapticDevice>()}, limits_{device_->limits()}
{
}

void HapticHand::exchange(InstrumentStatus const& status, OperatorInput& input, bool may_move)
{
    HapticPose const now = device_->pose();
    std::string const& tool = input.hands().tool(side_);
    bool const holds = may_move && now.is_gripping && !tool.empty();
    device_->feel(holds ? load_of(status, tool, limits_) : HapticLoad{});
    if (!holds || !last_.is_gripping) {
        last_ = now;
        last_.is_gripping = holds;
        return;
    }
    double const push = now.position_mm.z - last_.position_mm.z, turn = now.rotation_rad.z - last_.rotation_rad.z;
    bool const pushes = std::abs(push) >= least_mm, turns = std::abs(turn) >= least_rad;
    if (pushes || turns) input.move_hand(side_, pushes ? push : 0, turns ? turn : 0);
    // What was too small is kept, so that a slow hand arrives too.
    if (pushes) last_.position_mm = now.position_mm;
    if (turns) last_.rotation_rad = now.rotation_rad;
}

HapticLoad load_of(InstrumentStatus const& status, std::string const& tool, HapticLimits const& limits)
{
    HapticLoad load;
    for (ToolStatus const& held : status.tools) {
        if (held.name != tool) continue;
        load.force_n.z = within(-held.state.push_n, limits.most_force_n);
        load.torque_n_mm.z = within(-held.state.torque_n_mm, limits.most_torque_n_mm);
    }
    for (NeedleStatus const& held : status.needles)
        if (held.name == tool) load.force_n.z = within(-held.force_n, limits.most_force_n);
    return load;
}

} // namespace fluoro
