#include <fluoro/console/keys.hpp>
#include <gtest/gtest.h>
#include <set>

using namespace fluoro;

TEST(Keys, every_action_has_a_name_and_a_key)
{
    KeyMap const map;
    std::set<std::string_view> names;
    for (int i = 0; i < action_count; ++i) {
        EXPECT_FALSE(map.keys_of(Action(i)).empty()) << i;
        EXPECT_TRUE(names.insert(name_of(Action(i))).second) << name_of(Action(i));
    }
}

TEST(Keys, no_key_does_two_things)
{
    KeyMap const map;
    std::set<Key> keys;
    for (int i = 0; i < action_count; ++i)
        for (Key const key : map.keys_of(Action(i))) {
            EXPECT_TRUE(keys.insert(key).second) << name_of(key);
            EXPECT_EQ(map.find(key), Action(i));
        }
}

TEST(Keys, names_read_back)
{
    KeyMap const map;
    for (int i = 0; i < action_count; ++i)
        for (Key const key : map.keys_of(Action(i))) EXPECT_EQ(key_from_name(name_of(key)), key) << name_of(key);
    EXPECT_EQ(key_from_name("Ctrl+LEFT"), key_from_name("ctrl+left"));
    EXPECT_NE(key_from_name("ctrl+left"), key_from_name("left"));
    for (char const* nonsense : {"", "ctrl+", "lefty", "ab", "ctrl+shift+a"})
        EXPECT_FALSE(key_from_name(nonsense)) << nonsense;
}

TEST(Keys, both_space_and_f_are_the_pedal)
{
    KeyMap const map;
    EXPECT_EQ(map.find(*key_from_name("space")), Action::pedal);
    EXPECT_EQ(map.find(*key_from_name("f")), Action::pedal);
}

TEST(Keys, binding_a_key_takes_it_from_its_old_action)
{
    KeyMap map;
    Key const f9 = *key_from_name("f9"), space = *key_from_name("space");
    map.bind(f9, Action::pedal);
    map.bind(space, Action::stop_motion);
    EXPECT_EQ(map.find(f9), Action::pedal);
    EXPECT_EQ(map.find(space), Action::stop_motion);
    EXPECT_EQ(map.keys_of(Action::pedal).size(), 2u); // f and f9
}
