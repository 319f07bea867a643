#include "damage.hpp"
#include <gtest/gtest.h>

using namespace fluoro;

namespace {

constexpr ScreenRect whole{0, 0, 800, 600};

/// Four corners of a square of this side.
void add_square(DrawnPanel& panel, float x, float y, float side, std::uint32_t colour = 1)
{
    for (auto const& [dx, dy] : {std::pair{0, 0}, {1, 0}, {1, 1}, {0, 1}})
        panel.corners.push_back({x + float(dx) * side, y + float(dy) * side, 0, 0, colour});
}

/// Squares of 10 in a row, 20 apart.
DrawnPanel row_of(int squares)
{
    DrawnPanel panel;
    for (int i = 0; i < squares; ++i) add_square(panel, 20 * float(i), 100, 10);
    panel.clips = {0, 0, 800, 600};
    return panel;
}

bool holds(ScreenRect const& outer, ScreenRect const& inner)
{
    return common(outer, inner) == inner;
}

} // namespace

TEST(Damage, areas_unite_and_meet)
{
    ScreenRect const a{0, 0, 10, 10}, b{20, 5, 30, 30};
    EXPECT_EQ(united(a, b), (ScreenRect{0, 0, 30, 30}));
    EXPECT_EQ(united(a, {}), a);
    EXPECT_EQ(united({}, b), b);
    EXPECT_TRUE(common(a, b).is_empty());
    EXPECT_EQ(common(a, {5, 5, 20, 20}), (ScreenRect{5, 5, 10, 10}));
}

TEST(Damage, nothing_changed_is_nothing_to_draw)
{
    EXPECT_TRUE(changed_area({row_of(20)}, {row_of(20)}, whole).is_empty());
    EXPECT_TRUE(changed_area({}, {}, whole).is_empty());
}

TEST(Damage, a_changed_shape_is_drawn_with_its_neighbours_alone)
{
    DrawnPanel now = row_of(20);
    for (std::size_t i = 40; i < 44; ++i) now.corners[i].colour = 2; // the eleventh
    ScreenRect const changed = changed_area({row_of(20)}, {now}, whole);
    EXPECT_TRUE(holds(changed, {200, 100, 211, 111}));
    EXPECT_LE(changed.right - changed.left, 60); // of 400
}

TEST(Damage, a_shape_that_moved_leaves_its_old_place_too)
{
    DrawnPanel before = row_of(3), now = row_of(3);
    add_square(before, 500, 300, 10);
    add_square(now, 70, 400, 10);
    ScreenRect const changed = changed_area({before}, {now}, whole);
    EXPECT_TRUE(holds(changed, {500, 300, 511, 311}));
    EXPECT_TRUE(holds(changed, {70, 400, 81, 411}));
}

TEST(Damage, what_was_taken_out_or_put_in_shifts_the_rest_without_changing_it)
{
    DrawnPanel now = row_of(20);
    now.corners.erase(now.corners.begin() + 40, now.corners.begin() + 44);
    for (auto const& changed : {changed_area({row_of(20)}, {now}, whole), changed_area({now}, {row_of(20)}, whole)}) {
        EXPECT_TRUE(holds(changed, {200, 100, 211, 111}));
        EXPECT_LE(changed.right - changed.left, 60);
    }
    DrawnPanel const longer = row_of(21);
    EXPECT_TRUE(holds(changed_area({row_of(20)}, {longer}, whole), {400, 100, 411, 111}));
}

TEST(Damage, a_scrolled_panel_is_drawn_anew)
{
    DrawnPanel clipped = row_of(20);
    clipped.clips[3] = 300;
    EXPECT_TRUE(holds(changed_area({row_of(20)}, {clipped}, whole), {0, 100, 391, 111}));
}

TEST(Damage, panels_that_come_or_go_change_the_whole_window)
{
    EXPECT_EQ(changed_area({row_of(1)}, {row_of(1), row_of(2)}, whole), whole);
    EXPECT_EQ(changed_area({row_of(1), row_of(2)}, {row_of(1)}, whole), whole);
}

TEST(Damage, nothing_lies_outside_the_window)
{
    DrawnPanel now = row_of(2);
    add_square(now, 790, 590, 100);
    EXPECT_EQ(changed_area({row_of(2)}, {now}, {0, 0, 800, 600}).right, 800);
}
