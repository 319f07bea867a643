// fluorolab render: picture, thickness, signal and geometry
#include "mha.hpp"
#include <read_png.hpp>

namespace fluoro {
namespace {

using namespace test;

Vec3 vec3(nlohmann::json const& json)
{
    return {json.at(0).get<double>(), json.at(1).get<double>(), json.at(2).get<double>()};
}

/// One folder and its CTs for all tests: each is imported once and then comes out of the cache.
class RenderCommand : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        folder = std::make_unique<ScratchFolder>();
        water = write_water(*folder / "water.mha");
        air = write_air(*folder / "air.mha");
    }
    static void TearDownTestSuite() { folder.reset(); }
    static std::string path(std::string const& name) { return (*folder / name).string(); }
    /// Renders what must succeed; 64 x 64 pixels of 20 x 20 mm unless said otherwise.
    static Outcome render(std::string const& ct, std::vector<std::string> const& words)
    {
        std::vector<std::string> line{"render", ct, "-o", path("out.png")};
        auto const add = [&](std::string const& option, std::string const& value) {
            if (std::ranges::find(words, option) == words.end()) line.insert(line.end(), {option, value});
        };
        add("--size", "64");
        add("--fov", "20");
        line.insert(line.end(), words.begin(), words.end());
        Outcome const outcome = fluorolab(*folder, line);
        EXPECT_TRUE(is_done(outcome));
        EXPECT_EQ(outcome.out, "");
        return outcome;
    }
    static double mean_signal(std::string const& ct, std::vector<std::string> words, int channel)
    {
        words.insert(words.end(), {"--signal", path("signal.mha")});
        render(ct, words);
        FloatImage const image = read_float_image(path("signal.mha"));
        EXPECT_EQ(image.channels, 2);
        double sum = 0;
        for (int y = 24; y < 40; ++y)
            for (int x = 24; x < 40; ++x) sum += double(image.at(x, y, channel));
        return sum / 256;
    }
    static inline std::unique_ptr<ScratchFolder> folder;
    static inline std::string water, air;
};

TEST_F(RenderCommand, the_picture_is_a_grey_png_of_the_size_asked_for)
{
    for (std::string const size : {"17", "64", "129"}) {
        render(water, {"--size", size, "--fov", "31.7"});
        GreyPng const png = read_grey_png(path("out.png"));
        EXPECT_EQ(png.image.columns, std::stoi(size));
        EXPECT_EQ(png.image.rows, std::stoi(size));
    }
    EXPECT_EQ(read_grey_png(path("out.png")).bits, 8);
}

TEST_F(RenderCommand, defaults_are_those_of_the_contract)
{
    std::vector<std::string> const words{"render",     water,          "-o",     path("out.png"),
                                         "--geometry", path("g.json"), "--dose", path("d.json")};
    ASSERT_TRUE(is_done(fluorolab(*folder, words)));
    auto const g = json_of(path("g.json")), d = json_of(path("d.json"));
    EXPECT_EQ(g.at("columns"), 512);
    EXPECT_EQ(g.at("rows"), 512);
    EXPECT_NEAR(glm::length(vec3(g.at("source_mm")) - Vec3{0, 750, 0}), 0, 1e-9); // behind the centre of the grid
    EXPECT_NEAR(glm::length(vec3(g.at("column_step_mm"))), 200.0 / 512, 1e-9);
    EXPECT_EQ(g.at("materials"), (std::vector<std::string>{"soft", "bone"})); // no table
    EXPECT_EQ(d.at("kv"), 80.0);
    EXPECT_NEAR(d.at("field_cm2").get<double>(), 400, 1e-9);
}

// Box and lines through it are exact; voxel edges are linear ramps whose mass is that of the sharp edge.
TEST_F(RenderCommand, thickness_is_the_mass_in_the_way)
{
    render(water, {"--thickness", path("t.mha"), "--geometry", path("g.json")});
    FloatImage const image = read_float_image(path("t.mha"));
    EXPECT_EQ(image.columns, 64);
    EXPECT_EQ(image.rows, 64);
    EXPECT_EQ(image.channels, 2);
    EXPECT_EQ(json_of(path("g.json")).at("materials"), (std::vector<std::string>{"soft", "bone"}));
    for (int at = 8; at < 64; at += 8)
        EXPECT_NEAR(double(image.at(at, 64 - at, 0) + image.at(at, 64 - at, 1)), 20, 0.005 * 20);
    render(air, {"--thickness", path("t.mha")});
    for (float const v : read_float_image(path("t.mha")).values) EXPECT_NEAR(double(v), 0, 0.001); // air is no channel
}

// The same photons, twice: through the ray march, and through a layer of the beam command.
TEST_F(RenderCommand, a_slab_lets_through_what_the_beam_command_says)
{
    for (std::string const kv : {"60", "80", "120"}) {
        std::vector<std::string> const words{"--kv",       kv,      "--mas",   "1",   "--scatter", "off",
                                             "--detector", "ideal", "--noise", "off", "--grid",    "out"};
        double const ratio = mean_signal(water, words, 0) / mean_signal(air, words, 0);
        Outcome const beam = fluorolab(*folder, {"beam", "--kv", kv, "--through", "water:200", "--json"});
        double const expected = nlohmann::json::parse(beam.out).at("transmission_energy");
        EXPECT_NEAR(ratio / expected, 1, 0.005) << kv << " kV";
    }
}

// In keV per mm2: energy fluence at 1 m, no object, all of it counted.
TEST_F(RenderCommand, the_open_beam_has_the_energy_of_its_spectrum_and_follows_mas_and_distance)
{
    std::vector<std::string> const ideal{"--kv",  "80",      "--scatter", "off",    "--detector",
                                         "ideal", "--noise", "off",       "--grid", "out"};
    auto const with = [&](std::vector<std::string> words) {
        words.insert(words.end(), ideal.begin(), ideal.end());
        return mean_signal(air, words, 0);
    };
    auto const beam = nlohmann::json::parse(fluorolab(*folder, {"beam", "--kv", "80", "--json"}).out);
    double const open = with({"--mas", "1"});
    EXPECT_NEAR(open / (beam.at("fluence_per_mm2_per_mAs_1m").get<double>() * beam.at("mean_energy_kev").get<double>()),
                1, 0.005);
    EXPECT_NEAR(with({"--mas", "7.5"}) / open, 7.5, 1e-4 * 7.5);
    EXPECT_NEAR(with({"--mas", "1", "--sid", "1200"}) / open, 1 / 1.44, 0.002);
}

TEST_F(RenderCommand, scatter_is_a_channel_of_its_own)
{
    std::vector<std::string> const words{"--kv", "80", "--mas", "1", "--fov", "40"};
    auto const with = [&](std::string const& scatter, std::string const& grid, int channel) {
        auto line = words;
        line.insert(line.end(), {"--scatter", scatter, "--grid", grid});
        return mean_signal(water, line, channel);
    };
    double const primary = with("off", "in", 0);
    EXPECT_EQ(with("off", "in", 1), 0);
    EXPECT_NEAR(with("kernel", "in", 0) / primary, 1, 1e-6);
    double const behind_grid = with("kernel", "in", 1), without_grid = with("kernel", "out", 1);
    EXPECT_GT(behind_grid, 0);
    // `--scatter monte-carlo` gives 2.24 for this slender column and small field, whose scatter goes mostly forward.
    EXPECT_NEAR(without_grid / behind_grid, 2.24, 0.25);
}

// The laws of the image geometry, written out here once more.
TEST_F(RenderCommand, geometry_says_where_source_and_pixels_are)
{
    struct Case {
        double lao, cran, sid, sod, fov;
        int size;
    };
    Vec3 const target{3, -20, 9};
    for (Case const& c :
         {Case{0, 0, 1000, 750, 20, 64}, Case{30, 20, 1100, 700, 123.4, 33}, Case{-75, -35, 1250, 810, 17, 64},
          Case{90, 0, 1000, 600, 50, 16}, Case{180, 10, 1000, 750, 20, 64}}) {
        auto const text = [](double v) { return std::to_string(v); };
        render(water,
               {"--lao", text(c.lao), "--cran", text(c.cran), "--sid", text(c.sid), "--sod", text(c.sod), "--fov",
                text(c.fov), "--size", std::to_string(c.size), "--target", "3,-20,9", "--geometry", path("g.json")});
        auto const g = json_of(path("g.json"));
        double const p = radians(c.lao), s = radians(c.cran), pitch = c.fov / c.size;
        Vec3 const d{std::sin(p) * std::cos(s), -std::cos(p) * std::cos(s), std::sin(s)};
        Vec3 const column{std::cos(p), std::sin(p), 0};
        Vec3 const row = -Vec3{-std::sin(p) * std::sin(s), std::cos(p) * std::sin(s), std::cos(s)};
        Vec3 const first = target + (c.sid - c.sod) * d - (c.size - 1) / 2.0 * pitch * (column + row);
        EXPECT_EQ(g.at("columns"), c.size);
        EXPECT_NEAR(glm::length(vec3(g.at("source_mm")) - (target - c.sod * d)), 0, 1e-6);
        EXPECT_NEAR(glm::length(vec3(g.at("origin_mm")) - first), 0, 1e-6);
        EXPECT_NEAR(glm::length(vec3(g.at("column_step_mm")) - pitch * column), 0, 1e-9);
        EXPECT_NEAR(glm::length(vec3(g.at("row_step_mm")) - pitch * row), 0, 1e-9);
    }
}

// A bead off the axis lands where source and pixels of the JSON say; a tenth of a millimetre is a third of a pixel.
TEST_F(RenderCommand, a_bead_lands_where_the_geometry_says)
{
    Vec3 const bead{14, -10, 20};
    std::string const ct = write_ct(*folder / "bead.mha", centred_grid({48, 48, 48}, Vec3{2}), [&](Vec3 const& p) {
        return -1000 + 2000 * std::max(0.0, 1 - glm::length(p - bead) / 6);
    });
    render(ct, {"--lao", "25", "--cran", "-15", "--fov", "80", "--size", "256", "--thickness", path("t.mha"),
                "--geometry", path("g.json")});
    auto const g = json_of(path("g.json"));
    FloatImage const image = read_float_image(path("t.mha"));
    double mass = 0;
    Vec2 sum{0};
    for (int y = 0; y < 256; ++y)
        for (int x = 0; x < 256; ++x) {
            double const m = double(image.at(x, y, 0) + image.at(x, y, 1));
            mass += m;
            sum += m * Vec2{x, y};
        }
    Vec3 const source = vec3(g.at("source_mm")), origin = vec3(g.at("origin_mm")),
               column = vec3(g.at("column_step_mm")), row = vec3(g.at("row_step_mm"));
    Vec3 const normal = glm::cross(column, row);
    double const reach = glm::dot(origin - source, normal) / glm::dot(bead - source, normal);
    Vec3 const hit = source + reach * (bead - source) - origin;
    double const pitch = glm::length(column);
    EXPECT_NEAR((sum / mass).x, glm::dot(hit, column) / (pitch * pitch), 0.1 / pitch);
    EXPECT_NEAR((sum / mass).y, glm::dot(hit, row) / (pitch * pitch), 0.1 / pitch);
}

TEST_F(RenderCommand, the_table_adds_channels_and_takes_signal)
{
    std::vector<std::string> const words{"--kv", "80", "--mas", "1", "--scatter", "off"};
    auto with_table = words;
    with_table.insert(with_table.end(), {"--table", "in"});
    double const out = mean_signal(water, words, 0), in = mean_signal(water, with_table, 0);
    EXPECT_LT(in, 0.8 * out);
    render(water, {"--table", "in", "--thickness", path("t.mha"), "--geometry", path("g.json")});
    auto const materials = json_of(path("g.json")).at("materials").get<std::vector<std::string>>();
    FloatImage const image = read_float_image(path("t.mha"));
    ASSERT_EQ(std::size_t(image.channels), materials.size());
    EXPECT_GT(image.channels, 2);
    EXPECT_EQ(materials[0], "soft");
    for (int channel = 2; channel < image.channels; ++channel)
        EXPECT_GT(image.at(32, 32, channel), 0) << materials[std::size_t(channel)];
    EXPECT_NEAR(double(image.at(32, 32, 0) + image.at(32, 32, 1)), 20, 0.1); // the patient stays what it was
}

TEST_F(RenderCommand, a_seed_is_a_picture)
{
    auto const picture = [&](std::vector<std::string> words) {
        words.insert(words.end(), {"--kv", "80", "--mas", "0.005"});
        render(water, words);
        return text_of(path("out.png"));
    };
    std::string const one = picture({"--seed", "1"});
    EXPECT_EQ(picture({"--seed", "1"}), one);
    EXPECT_EQ(picture({}), one); // the default
    EXPECT_NE(picture({"--seed", "2"}), one);
    std::string const still = picture({"--noise", "off", "--seed", "1"});
    EXPECT_NE(still, one);
    EXPECT_EQ(picture({"--noise", "off", "--seed", "2"}), still);
}

TEST_F(RenderCommand, exposure_control_is_off_where_the_technique_is_given)
{
    auto const dose = [&](std::string const& ct, std::vector<std::string> words) {
        words.insert(words.end(), {"--dose", path("d.json")});
        render(ct, words);
        return json_of(path("d.json"));
    };
    auto const given = dose(water, {"--kv", "97.5", "--mas", "3.25", "--copper", "0.3"});
    EXPECT_EQ(given.at("kv"), 97.5);
    EXPECT_EQ(given.at("mas"), 3.25);
    EXPECT_EQ(given.at("copper_mm"), 0.3);
    // Alone it sees what is in the way: 20 cm of water take the signal to a few hundredths.
    EXPECT_GT(dose(water, {}).at("mas").get<double>(), 20 * dose(air, {}).at("mas").get<double>());
}

} // namespace
} // namespace fluoro
