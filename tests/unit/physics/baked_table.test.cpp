#include "baked_table.hpp"

#include <gtest/gtest.h>

using namespace fluoro;

TEST(BakedTable, skips_comments_and_keeps_heading_and_rows)
{
    auto const table = read_baked_table("# a comment, with a comma\nname,value\nx,1.5\n\ny,-2e3\n");
    ASSERT_EQ(table.heading.size(), 2u);
    EXPECT_EQ(table.heading[1], "value");
    ASSERT_EQ(table.rows.size(), 2u);
    EXPECT_EQ(table.rows[1][0], "y");
    EXPECT_EQ(number(table.rows[1][1]), -2000);
}

TEST(BakedTable, split_keeps_empty_pieces)
{
    EXPECT_EQ(split("a,,b", ',').size(), 3u);
    EXPECT_EQ(split("", ',').size(), 1u);
}

TEST(BakedTable, half_a_number_is_a_broken_promise)
{
    EXPECT_DEATH(number("1.5x"), "broken promise");
    EXPECT_DEATH(read_baked_table("a,b\n1\n"), "broken promise");
}
