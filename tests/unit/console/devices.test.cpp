#include <cmath>
#include <fluoro/console/devices.hpp>
#include <gtest/gtest.h>

namespace fluoro {
namespace {

DeviceState pedals(float left, float right)
{
    return {1, "Foot pedals", false, {false, false}, {left, right}};
}
DeviceState pad(float left_x, float trigger, bool a)
{
    DeviceState state{0, "Pad", true, std::vector<bool>(15, false), {left_x, 0, 0, 0, trigger, -1}};
    state.buttons[0] = a;
    return state;
}
std::map<std::string, double> told(std::vector<DeviceChange> const& changes)
{
    std::map<std::string, double> by_name;
    for (DeviceChange const& change : changes) by_name[name_of(change.input)] = change.level;
    return by_name;
}
using Told = std::map<std::string, double>;

TEST(Devices, an_axis_rests_where_it_was_first_seen)
{
    DeviceReader reader;
    EXPECT_TRUE(reader.read({pedals(-1, 0)}).empty());
    // Half of the way from one end; half of the way from the middle.
    auto const half = told(reader.read({pedals(0, -0.5f)}));
    ASSERT_EQ(half.size(), 2u);
    // Of what is left beyond a dead zone of 0.12, rounded up to 1/32.
    double const share = std::ceil((0.5 - 0.12) / 0.88 * 32) / 32;
    EXPECT_DOUBLE_EQ(half.at("axis 1+ of Foot pedals"), share);
    EXPECT_DOUBLE_EQ(half.at("axis 2- of Foot pedals"), share);
    EXPECT_EQ(told(reader.read({pedals(1, 1)})),
              (Told{{"axis 1+ of Foot pedals", 1}, {"axis 2- of Foot pedals", 0}, {"axis 2+ of Foot pedals", 1}}));
    EXPECT_EQ(told(reader.read({pedals(-0.95f, 0.1f)})),
              (Told{{"axis 1+ of Foot pedals", 0}, {"axis 2+ of Foot pedals", 0}}));
}

TEST(Devices, a_trembling_stick_tells_nothing_new)
{
    DeviceReader reader;
    reader.read({pedals(0, 0)});
    EXPECT_EQ(reader.read({pedals(0.500f, 0)}).size(), 1u);
    for (float const tremor : {0.501f, 0.499f, 0.502f}) EXPECT_TRUE(reader.read({pedals(tremor, 0.05f)}).empty());
}

TEST(Devices, a_gamepad_s_inputs_have_its_layout_s_names)
{
    DeviceReader reader;
    EXPECT_TRUE(reader.read({pad(0, -1, false)}).empty());
    EXPECT_EQ(told(reader.read({pad(-1, 1, true)})), (Told{{"pad-a", 1}, {"pad-left-x-", 1}, {"pad-left-trigger", 1}}));
}

TEST(Devices, what_is_unplugged_is_let_go)
{
    DeviceReader reader;
    reader.read({pad(0, -1, false), pedals(-1, -1)});
    reader.read({pad(1, -1, true), pedals(1, -1)});
    EXPECT_EQ(told(reader.read({pedals(1, -1)})), (Told{{"pad-a", 0}, {"pad-left-x+", 0}}));
    // Another in its place: what the old one held is over.
    DeviceState other = pedals(0, 0);
    other.name = "Stick";
    EXPECT_EQ(told(reader.read({other})), (Told{{"axis 1+ of Foot pedals", 0}}));
    EXPECT_TRUE(reader.read({}).empty());
}

} // namespace
} // namespace fluoro
