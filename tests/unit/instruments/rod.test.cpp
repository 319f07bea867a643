#include "rod/block_chain.hpp"
#include "rods.hpp"

#include <fluoro/core/random.hpp>
#include <gtest/gtest.h>
#include <measured.hpp>
#include <numbers>
#include <vector>

namespace fluoro {
namespace {

// Random symmetric positive definite blocks; the residual of the whole chain is float64 rounding times its condition.
TEST(BlockChain, solution_satisfies_every_row)
{
    RandomSequence random{7, RandomStream::mutation, 0, 0};
    std::vector<ChainRow> rows(9);
    for (ChainRow& row : rows) {
        Block half;
        for (double& v : half) v = random.next_uniform() - 0.5;
        for (std::size_t i = 0; i < 6; ++i)
            for (std::size_t j = 0; j < 6; ++j) {
                double sum = i == j ? 4 : 0;
                for (std::size_t k = 0; k < 6; ++k) sum += half[6 * i + k] * half[6 * j + k];
                row.diagonal[6 * i + j] = sum;
                row.to_next[6 * i + j] = random.next_uniform() - 0.5;
            }
        for (double& v : row.right) v = random.next_uniform();
    }
    std::vector<ChainRow> solved = rows;
    solve_chain(solved);
    for (std::size_t r = 0; r < rows.size(); ++r)
        for (std::size_t i = 0; i < 6; ++i) {
            double left = 0;
            for (std::size_t j = 0; j < 6; ++j) {
                left += rows[r].diagonal[6 * i + j] * solved[r].right[j];
                if (r + 1 < rows.size()) left += rows[r].to_next[6 * i + j] * solved[r + 1].right[j];
                if (r > 0) left += rows[r - 1].to_next[6 * j + i] * solved[r - 1].right[j];
            }
            EXPECT_NEAR(left, rows[r].right[i], 1e-12) << r << ' ' << i;
        }
}

constexpr double length = 100, bending = 1000, torsion = 800;

Vec3 loaded_tip(int count, double load_number)
{
    Rod rod = test::clamped_rod(count, length, bending, torsion);
    test::settle(rod, Vec3{load_number * bending / (length * length), 0, 0});
    return test::tip_of(rod);
}

// Euler and Bernoulli: y = P L^3 / 3 E I, a hundredth of the length. Halving segments quarters what is left of the
// error (1.0 and 0.2 % are the bands of order h^2).
TEST(Rod, lightly_loaded_cantilever_bends_by_the_cube_of_its_length)
{
    double const exact = 0.03 / 3 * length;
    double const coarse = 100 * (loaded_tip(10, 0.03).x / exact - 1), fine = 100 * (loaded_tip(20, 0.03).x / exact - 1);
    test::measured("rod_cantilever_10_percent", coarse);
    test::measured("rod_cantilever_20_percent", fine);
    EXPECT_LE(std::abs(coarse), 1.0);
    EXPECT_LE(std::abs(fine), 0.2);
}

// The elastica of an inextensible cantilever, by shooting: sideways and shortening over length at P L^2 / E I.
TEST(Rod, heavily_loaded_cantilever_is_the_elastica)
{
    struct Row {
        double load, sideways, shorter;
    };
    test::Extremes errors{"rod_elastica_percent"};
    for (Row const row :
         {Row{1, .30172, .05643}, Row{2, .49346, .16064}, Row{5, .71379, .38763}, Row{10, .81061, .55500}}) {
        Vec3 const tip = loaded_tip(20, row.load);
        double const sideways = tip.x / length, shorter = 1 - tip.z / length;
        errors.see(100 * (sideways - row.sideways) / row.sideways);
        EXPECT_NEAR(sideways, row.sideways, 0.005 * row.sideways) << row.load;
        errors.see(100 * (shorter - row.shorter) / row.shorter);
        EXPECT_NEAR(shorter, row.shorter, 0.005 * row.shorter) << row.load;
        EXPECT_NEAR(tip.y, 0, 1e-9);
    }
}

// Euler's column, clamped below and free above: P = pi^2 E I / 4 L^2. A side load of 2e-4 P starts it.
TEST(Rod, column_stands_below_eulers_load_and_buckles_above)
{
    double const critical = std::numbers::pi * std::numbers::pi * bending / (4 * length * length);
    auto const lean = [&](double share) {
        Rod rod = test::clamped_rod(20, length, bending, torsion);
        test::settle(rod, Vec3{2e-4 * critical, 0, -share * critical}, NoWall{}, 3'000);
        return test::tip_of(rod).x / length;
    };
    double const below = lean(0.95), above = lean(1.02);
    test::measured("rod_column_below", below);
    test::measured("rod_column_above", above);
    EXPECT_LT(below, 0.05);
    EXPECT_GT(above, 0.2);
}

// Nothing holds a straight rod in free space: what the hub turns, the tip turns.
TEST(Rod, free_rod_turns_at_its_tip_as_at_its_hub)
{
    Rod rod = test::clamped_rod(20, length, bending, torsion);
    for (int n = 0; n < 3'000; ++n) {
        double const angle = std::min(1.0, n / 600.0) * std::numbers::pi / 2;
        rod.segments()[0].turn = glm::dquat{std::cos(angle / 2), 0, 0, std::sin(angle / 2)};
        rod.step(NoWall{}, test::step_s);
    }
    glm::dquat const turn = rod.segments().back().turn;
    double const angle = degrees(2 * std::atan2(turn.z, turn.w));
    test::measured("rod_free_turn_degrees", angle);
    EXPECT_NEAR(angle, 90, 0.1);
}

} // namespace
} // namespace fluoro
