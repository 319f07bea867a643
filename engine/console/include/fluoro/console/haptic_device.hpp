#pragma once
#include <fluoro/console/operator_input.hpp>
#include <memory>
#include <string>

namespace fluoro {

/// Where the hand on a haptic device is, in the device's own frame: its z axis points into the patient, along the tool.
struct HapticPose {
    Vec3 position_mm{0};
    Vec3 rotation_rad{0};     ///< about the axes, unwrapped: it goes on beyond a whole turn; z = the tool's own axis
    bool is_gripping = false; ///< the hand holds the tool; else it moves freely, to take hold anew
};

/// What the hand shall feel, in the same frame: against a push is - z.
struct HapticLoad {
    Vec3 force_n{0};
    Vec3 torque_n_mm{0};
};

struct HapticLimits {
    std::string name;        ///< for people
    double rate_hz = 1000;   ///< of the device's own control loop
    double most_force_n = 0; ///< 0 = it gives no force
    double most_torque_n_mm = 0;
    double reach_mm = 0; ///< of its z axis; 0 = endless
};

/// A device that a hand holds in place of a tool. An implementation runs its control loop itself, on a thread of its
/// own at `rate_hz`, and keeps the last load there; this interface is the slow side of it.
///
/// Both functions are called on the window's thread, 30 to 120 times a second, the pose first. They must return within
/// 1 ms, wait for nothing and throw nothing; a device that is lost says is_gripping = false and takes loads without
/// effect. Without a new load for 100 ms the device lets its force fade out: a console that hangs must not push a hand.
class HapticDevice {
public:
    virtual ~HapticDevice() = default;
    virtual HapticLimits limits() const = 0;
    virtual HapticPose pose() = 0;
    virtual void feel(HapticLoad const& load) = 0;
};

/// No device: a hand that never grips and feels nothing.
class NoHapticDevice final : public HapticDevice {
public:
    HapticLimits limits() const override { return {"none", 0, 0, 0, 0}; }
    HapticPose pose() override { return {}; }
    void feel(HapticLoad const&) override {}
};

/// One of the two hands on a device: its way becomes steps of the tool, the tool's forces its load. The first pose
/// after taking hold moves nothing.
class HapticHand {
public:
    HapticHand(HandSide side, std::shared_ptr<HapticDevice> device);

    /// Once per turn of the window's loop, before OperatorInput::take(). `may_move`: the window has the focus.
    void exchange(InstrumentStatus const& status, OperatorInput& input, bool may_move);
    HapticDevice const& device() const { return *device_; }

private:
    HandSide side_;
    std::shared_ptr<HapticDevice> device_;
    HapticLimits limits_;
    HapticPose last_;
};

/// What a hand feels of a tool: its push and torque, against the movement and within the device's limits.
HapticLoad load_of(InstrumentStatus const& status, std::string const& tool, HapticLimits const& limits);

} // namespace fluoro
