// fluorolab render --dose
#include "mha.hpp"

namespace fluoro {
namespace {

using namespace test;

class RenderDose : public testing::Test {
protected:
    static void SetUpTestSuite()
    {
        folder = std::make_unique<ScratchFolder>();
        water = write_water(*folder / "water.mha");
    }
    static void TearDownTestSuite() { folder.reset(); }
    static nlohmann::json dose(std::vector<std::string> const& words)
    {
        std::string const file = (*folder / "dose.json").string();
        std::vector<std::string> line{
            "render", water, "-o", (*folder / "out.png").string(), "--size", "16", "--noise", "off", "--dose", file};
        for (std::string const option : {"--kv", "--mas", "--fov"})
            if (std::ranges::find(words, option) == words.end())
                line.insert(line.end(), {option, option == "--kv" ? "80" : option == "--mas" ? "1" : "20"});
        line.insert(line.end(), words.begin(), words.end());
        EXPECT_TRUE(is_done(fluorolab(*folder, line)));
        return json_of(file);
    }
    static double value(nlohmann::json const& json, char const* key) { return json.at(key).get<double>(); }
    static inline std::unique_ptr<ScratchFolder> folder;
    static inline std::string water;
};

TEST_F(RenderDose, holds_every_figure_of_the_contract)
{
    auto const json = dose({"--copper", "0.2"});
    for (char const* key : {"air_kerma_reference_mGy", "kap_Gy_cm2", "entrance_air_kerma_mGy", "kv", "mas", "copper_mm",
                            "aluminium_mm", "field_cm2", "scatter_precision"})
        EXPECT_TRUE(json.contains(key) && json[key].is_number()) << key;
    EXPECT_NEAR(value(json, "field_cm2"), 4, 1e-9);
    EXPECT_EQ(value(json, "copper_mm"), 0.2);
}

// The reference point lies 150 mm from the isocentre toward the source. `beam` gives the kerma at 1 m.
TEST_F(RenderDose, reference_kerma_is_that_of_the_beam_at_its_distance_and_mas)
{
    Outcome const beam = fluorolab(*folder, {"beam", "--kv", "80", "--json"});
    double const at_1m_mGy = nlohmann::json::parse(beam.out).at("air_kerma_uGy_per_mAs_1m").get<double>() / 1000;
    auto const json = dose({});
    double const kerma = value(json, "air_kerma_reference_mGy");
    EXPECT_NEAR(kerma / (at_1m_mGy / 0.36), 1, 1e-6);
    EXPECT_NEAR(value(dose({"--mas", "2.5"}), "air_kerma_reference_mGy") / kerma, 2.5, 1e-6);
    EXPECT_NEAR(value(dose({"--sid", "1300"}), "air_kerma_reference_mGy") / kerma, 1, 1e-12); // moves the detector only
    EXPECT_NEAR(value(dose({"--sod", "650"}), "air_kerma_reference_mGy") / kerma, 36.0 / 25, 1e-6);
    EXPECT_NEAR(value(dose({"--fov", "200"}), "air_kerma_reference_mGy") / kerma, 1, 1e-12);
    EXPECT_NEAR(value(dose({"--table", "in"}), "air_kerma_reference_mGy") / kerma, 1, 1e-12); // free in air
    EXPECT_NEAR(value(dose({"--lao", "35"}), "air_kerma_reference_mGy") / kerma, 1, 1e-12);
}

// Field at the reference point: the detector's, times (600/SID)^2. Toward the edge of a field of 20 mm the distance
// grows by less than 1e-4, and the heel, uneven to both sides, takes 1.5e-4; four times that at 40 mm.
TEST_F(RenderDose, kap_is_reference_kerma_times_the_field_there)
{
    for (std::string const sid : {"1000", "1250"}) {
        auto const json = dose({"--sid", sid});
        double const field_there = value(json, "field_cm2") * std::pow(600 / std::stod(sid), 2);
        EXPECT_NEAR(value(json, "kap_Gy_cm2") / (value(json, "air_kerma_reference_mGy") * 1e-3 * field_there), 1, 3e-4);
    }
    EXPECT_NEAR(value(dose({"--fov", "40"}), "kap_Gy_cm2") / value(dose({}), "kap_Gy_cm2"), 4, 4 * 1e-3);
}

// The box's back lies 100 mm before the isocentre: inverse square from there. Surface is where HU passes -300, three
// tenths of a voxel further in than the edge: 0.6 mm of 650 are 0.2 %.
TEST_F(RenderDose, entrance_kerma_is_free_in_air_at_the_patient_s_surface)
{
    auto const json = dose({});
    EXPECT_NEAR(value(json, "entrance_air_kerma_mGy") /
                    (value(json, "air_kerma_reference_mGy") * std::pow(600.0 / 650, 2)),
                1, 0.003);
    EXPECT_EQ(value(dose({"--target", "0,0,400"}), "entrance_air_kerma_mGy"), 0); // beside the patient
}

// What stands in the way of the entrance kerma, by the thickness channels and by `beam --through`.
TEST_F(RenderDose, the_table_takes_from_the_entrance_kerma_what_its_materials_absorb)
{
    std::string const thickness = (*folder / "t.mha").string(), geometry = (*folder / "g.json").string();
    double const out = value(dose({}), "entrance_air_kerma_mGy");
    double const in =
        value(dose({"--table", "in", "--thickness", thickness, "--geometry", geometry}), "entrance_air_kerma_mGy");
    FloatImage const image = read_float_image(thickness);
    auto const materials = json_of(geometry).at("materials").get<std::vector<std::string>>();
    ASSERT_EQ(std::size_t(image.channels), materials.size());
    std::string layers;
    for (int channel = 2; channel < image.channels; ++channel)
        layers += (layers.empty() ? "" : ",") + materials[std::size_t(channel)] + ":" +
                  std::to_string(1000 * image.at(8, 8, channel)) + "mg/cm2";
    Outcome const beam = fluorolab(*folder, {"beam", "--kv", "80", "--through", layers, "--json"});
    EXPECT_NEAR(in / out, nlohmann::json::parse(beam.out).at("transmission_kerma").get<double>(), 1e-4) << layers;
    EXPECT_LT(in / out, 0.8);
}

} // namespace
} // namespace fluoro
