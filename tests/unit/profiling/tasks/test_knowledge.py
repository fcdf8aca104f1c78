from smarterrouter.profiling.tasks import facts, knowledge


def test_free_answers_have_one_name():
    asked = [template for template in knowledge.TEMPLATES if "borders-2" in template.id]
    for seed in range(40):
        values = asked[0].make(seed).check.values
        assert not {"Czechia", "Turkey", "Myanmar"} & set(values)


def test_a_choice_has_one_right_option():
    for template in knowledge.TEMPLATES:
        for seed in range(20):
            options = getattr(template.make(seed).check, "options", ())
            assert len(set(options)) == len(options)


def test_events_of_a_sequence_have_different_years():
    for text in facts.EVENTS.values():
        years = [year for year, _ in facts.pairs(text, ";")]
        assert len(set(years)) == len(years)
