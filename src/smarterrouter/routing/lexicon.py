"""Words that speak for a category or for difficulty: data, no code.

Languages: English, German, French, Spanish, Portuguese, Italian as whole words; Russian, Chinese, Japanese and some
Korean as stems, because those scripts inflect or write without blanks. All in lower case. The number before a block is
how much one of its words says: 1.5 decides alone, 1 is clear, 0.4 is a hint. A word of several trades ("function",
"capital") is a hint at most.
"""

from smarterrouter.domain.intent import Category

Blocks = dict[float, str]

WORDS: dict[Category, Blocks] = {
    Category.CODE: {
        1.0: """
            python javascript typescript java kotlin golang c++ cpp c# csharp php perl haskell scala elixir sql
            postgres postgresql mysql sqlite mongodb html css jsx react vue angular django flask fastapi nodejs
            numpy pandas pytorch tensorflow regex regexp yaml bash powershell dockerfile docker kubernetes terraform
            git github api apis sdk json xml algorithm algorithms code coding codebase program programs programming
            programmer compiler compile debug debugger debugging refactor refactoring unittest pytest traceback
            stacktrace segfault nullpointerexception microservice microservices backend frontend async await asyncio
            mutex goroutine goroutines coroutine multithreaded multithreading middleware endpoint endpoints webhook
            leetcode recursion quicksort mergesort hashmap linkedlist def elif println printf malloc constexpr
            nullptr localhost stdin stdout boolean const struct enum leaderless quellcode programmieren programmiere
            programmiersprache programmcode skript algorithmus algorithmen datenbank datenbankabfrage fehlermeldung
            schreibcode algorithme algorithmes programmation débogage débogue código codigo programar programación
            programação programa algoritmo algoritmos depurar depura script scripts codice programmare
            programmazione algoritmi
        """,
        0.4: """
            function functions method methods class classes array arrays string strings variable variables loop
            loops pointer pointers thread threads server client database query queries table tables library
            framework module import implement implementation bug bugs error exception test tests cache queue stack
            rust go ruby swift shell linux binary parser parse sort sorting list lists integer integers command
            terminal software app web distributed lock deploy ci lru crud raft replication sharding cluster nodes
            log latency throughput throttle limiter rate funktion funktionen klasse schleife abfrage liste sortiere
            sortieren sortiert implementiere implementieren fehler fonction fonctions méthode classe boucle trier
            trie triez implémente implémenter implémentez requête bogue función funciones funcion clase bucle lista
            ordenar ordene ordena implementa implementar consulta função funções funcao laço implemente funzione
            funzioni ciclo ordinare ordina ordini implementare sortierfunktion
        """,
    },
    Category.MATHEMATICS: {
        1.5: """
            theorem lemma corollary théorème teorema satz integral integrals intégrale integrale eigenvalue
            eigenvalues
        """,
        1.0: """
            equation equations polynomial polynomials derivative derivatives differentiate calculus algebra
            algebraic geometry trigonometry matrix matrices determinant determinants eigenvector logarithm
            logarithms quadratic cubic factorial primes prime integers arithmetic modulo divisible coprime gcd lcm
            hypotenuse perimeter circumference circumradius triangle triangles parabola hyperbola fraction fractions
            numerator denominator frac sqrt mathbb mathematics mathematical math maths probability permutations
            combinatorics remainder converge converges irrational bijection prove proof proofs solve simplify
            factorize evaluate binomial vertices gleichung gleichungen ableitung primzahl primzahlen
            wahrscheinlichkeit dreieck dreiecks beweise beweis beweisen matrizen polynom wurzel bruch brüche
            mathematik mathe berechne löse équation équations dérivée polynôme matrice probabilité démontrer
            démontre démontrez démonstration résous résoudre résolvez mathématiques nombres premiers calcule
            calculez ecuación ecuaciones derivada polinomio matriz probabilidad demuestra demostrar demuestre
            resuelve resolver matemáticas primos calcula equação equações polinômio probabilidade demonstre resolva
            matemática equazione equazioni probabilità dimostra dimostrare dimostri risolvi risolvere matematica
        """,
        0.4: """
            calculate compute sum product average mean median percent percentage ratio total number numbers digits
            digit area volume angle angles radius square root roots multiply multiplied divide divided plus minus
            times twice half speed distance hours minutes km miles cost costs price each remaining left dollars
            euros interest equal equals satisfies expression ordered pairs positive real value compound apples buys
            sells summe zahl zahlen prozent fläche durchschnitt kostet nombre pourcentage aire moyenne coûte número
            suma porcentaje área promedio cuesta soma porcentagem custa numero somma percentuale costa
        """,
    },
    Category.LOGIC: {
        1.5: """
            riddle puzzle riddles puzzles syllogism knights knaves sudoku rätsel énigme acertijo enigma indovinello
        """,
        1.0: """
            deduce deduction deductive logic logical logically paradox premise premises contradiction contradicts
            liar liars infer inference valid invalid brainteaser tautology fallacy counterexample logik logisch
            schlussfolgerung folgere widerspruch logique logiquement déduire déduis paradoxe lógica lógico
            lógicamente deducir deduzir dedução paradoja logica logico deduci paradosso
        """,
        0.4: """
            therefore reasoning conclude conclusion statements statement true false lies truth clues clue exactly
            either neither taller shorter older younger sits seated crossing weighings wahr falsch lügt
            wahrheit vrai faux mensonge verdad mentira verdadeiro falso vero bugia
        """,
    },
    Category.STEM: {
        1.0: """
            physics chemistry biology quantum relativity thermodynamics entropy enthalpy molecule molecules
            molecular atom atoms electron electrons proton protons neutron photon photosynthesis mitochondria
            chromosome chromosomes dna rna protein proteins enzyme enzymes genetic genetics evolution neurons neuron
            reaction reactions oxidation acid acids titration stoichiometry kinetics momentum velocity acceleration
            friction torque newton newtons joules voltage resistor capacitor capacitance circuit circuits
            semiconductor magnetic electromagnetic gravity gravitational wavelength diffraction astronomy galaxy
            orbit orbital isotope isotopes tectonic geology geological ecosystem disease diagnosis symptoms symptom
            patient vaccine antibiotic antibiotics anatomy physiology liver kidney tumor cancer pharmacology dosage
            engineering aerodynamics viscosity thermal hubble boltzmann physik chemie biologie quantenmechanik
            molekül moleküle photosynthese energieerhaltung krankheit zelle zellen physique chimie quantique
            molécule photosynthèse maladie cellule física química biología cuántica molécula fotosíntesis enfermedad
            célula biologia quântica fotossíntese doença fisica chimica quantistica molecola fotosintesi malattia
            cellula
        """,
        0.4: """
            energy force mass pressure temperature heat light wave waves cell cells blood brain water climate carbon
            oxygen hydrogen metal planet earth moon sun species plant plants energie kraft masse énergie energía
            fuerza energia força forza
        """,
    },
    Category.INSTRUCTIONS: {
        1.5: """
            translate translation summarize summarise summary paraphrase proofread rewrite rephrase tldr übersetze
            übersetzen übersetzung zusammenfassen zusammenfassung umformulieren korrigiere traduis traduire
            traduisez traduction résume résumer résumez résumé reformule reformuler traduce traducir traduzca
            traducción resume resumir resumen resuma reformula parafrasea traduza traduzir tradução resumo reescreva
            traduci tradurre traduzione riassumi riassumere riassunto riscrivi
        """,
        1.0: """
            extract reformat shorten bullet bullets uppercase lowercase capitalize alphabetically verbatim grammar
            spelling classify categorize redact condense headline outline transcript stichpunkte fasse extrahiere
            kürze rechtschreibung grammatik extrais extraire raccourcis corrige orthographe extrae extraer acorta
            ortografía extraia encurte estrai accorcia correggi ortografia
        """,
        0.4: """
            format list exactly words sentence sentences paragraph paragraphs following below convert concise formal
            tone respond reply only markdown english german french spanish italian portuguese chinese japanese
            russian text article document email satz sätze wörter deutsche deutsch englische englisch phrase phrases
            mots anglais français frase frases palabras inglés español palavras inglês português parole inglese
            italiano
        """,
    },
    Category.KNOWLEDGE: {
        1.0: """
            history historical president emperor dynasty treaty century biography geography population philosopher
            constitution encyclopedia etymology wikipedia nobel hauptstadt geschichte jahrhundert histoire siècle
            capitale historia siglo história século storia secolo presidente président präsident
        """,
        0.4: """
            what who when where which why explain define definition describe difference between tell capital country
            countries war king queen author wrote invented invention discovered founded born died year law legal
            economics economy meaning example compare famous culture religion olympics recommend wer wann welche
            welcher welches warum wieso erkläre erklär erklären unterschied bedeutet land krieg qui quand où quel
            quelle quels pourquoi explique expliquer expliquez différence pays guerre quién quien cuándo dónde qué
            cuál por explica explicar diferencia país guerra quem quando onde qual porque diferença chi dove quale
            perché spiega spiegare differenza paese
        """,
    },
    Category.CHAT: {
        1.5: """
            poem poems haiku sonnet limerick lyrics screenplay fanfiction story stories roleplay gedicht gedichte
            geschichten märchen poème poèmes poema poemas poesia poesía cuento cuentos
        """,
        1.0: """
            hello hi hey thanks joke jokes song tale tales fairy novel fiction character characters dialogue
            monologue brainstorm slogan slogans rhyme rhymes verse imaginative creative fantasy persona chat
            greeting bedtime hallo danke witz lied kurzgeschichte bonjour salut merci blague chanson conte hola
            gracias chiste canción olá oi obrigado obrigada piada canção conto ciao grazie barzelletta canzone
            racconto favola romanzo
        """,
        0.4: """
            write imagine pretend feel feeling advice friend love funny names name birthday party plot scene villain
            hero dragon robot schreibe erfinde écris écrire invente escribe escribir inventa escreva scrivi scrivere
            dear please let know good morning evening
        """,
    },
    Category.TOOLS: {
        1.0: """
            tool tools function_call tool_call tool_calls schema json_schema werkzeug outil herramienta ferramenta
            strumento
        """,
        0.4: "call json fields field key keys invoke parameters arguments fetch lookup schedule book weather",
    },
}

STEMS: dict[Category, Blocks] = {
    Category.CODE: {
        1.0: """
            代码 编程 程序 算法 函数 脚本 数据库 接口 排序 调试 递归 数组 编译 后端 前端 爬虫 正则 プログラム コード
            関数 アルゴリズム スクリプト データベース ソート デバッグ 実装 クラス 配列 コンパイル 코드 함수 알고리즘
            프로그램 정렬 код функци программ алгоритм скрипт отлад рекурси компил сортир питон массив
        """,
        0.4: """
            实现 列表 链表 线程 缓存 并发 服务器 分布式 リスト エラー サーバー スレッド реализ список сервер запрос
            ошибк класс
        """,
    },
    Category.MATHEMATICS: {
        1.0: """
            方程 证明 積分 积分 导数 概率 矩阵 几何 素数 质数 三角形 数学 多项式 不等式 計算 计算 求解 微分 行列
            確率 方程式 証明 整数 수학 방정식 증명 уравнен докаж доказа интеграл производн вероятност матриц
            треугольник математик прост многочлен вычисл
        """,
        0.4: "多少 总共 平均 百分 几个 いくつ 合計 平方 сколько сумм процент числ площад",
    },
    Category.LOGIC: {
        1.0: "逻辑 推理 谜题 悖论 论理 論理 なぞなぞ パズル 推論 논리 логик логич загадк головолом парадокс",
        0.4: "说谎 真话 嘘つき лжец правд",
    },
    Category.STEM: {
        1.0: """
            物理 化学 生物 量子 分子 原子 细胞 細胞 光合作用 光合成 基因 遺伝 热力学 疾病 病気 电子 물리 화학 физик
            хими биолог квант молекул фотосинтез клетк болезн энерги
        """,
    },
    Category.INSTRUCTIONS: {
        1.5: "翻译 翻譯 翻訳 总结 摘要 概括 改写 润色 要約 書き直 번역 요약 перевед перевод резюм перескаж перепиш",
        0.4: "格式 列出 以下 箇条書き 次の文 исправ сократ предложен",
    },
    Category.KNOWLEDGE: {
        1.0: "历史 歴史 首都 世纪 世紀 总统 皇帝 大統領 역사 수도 истори столиц президент",
        0.4: """
            什么 是谁 哪里 为什么 解释 介绍 区别 とは なぜ どこ 誰 説明 教えて 무엇 кто когда где почему объясн
            расскаж
        """,
    },
    Category.CHAT: {
        1.5: "故事 诗 小说 笑话 俳句 物語 小説 詩を 冗談 시를 이야기 стих сказк рассказ",
        1.0: "你好 您好 谢谢 こんにちは ありがとう 안녕 привет спасибо здравств",
        0.4: "写一 想象 書いて напиш придум",
    },
}

COMBINATIONS: tuple[tuple[str, Category, float], ...] = (
    ("how many", Category.MATHEMATICS, 0.8),
    ("how much", Category.MATHEMATICS, 0.6),
    ("right triangle", Category.MATHEMATICS, 0.6),
    ("bullet points", Category.INSTRUCTIONS, 0.6),
    ("sort list", Category.CODE, 0.6),
    ("sort array", Category.CODE, 0.6),
    ("unit tests", Category.CODE, 1.0),
    ("linked list", Category.CODE, 1.0),
    ("time complexity", Category.CODE, 0.6),
    ("stack trace", Category.CODE, 1.0),
    ("rate limiter", Category.CODE, 1.0),
    ("distributed system", Category.CODE, 0.6),
    ("distributed systems", Category.CODE, 0.6),
    ("write function", Category.CODE, 0.6),
    ("go implement", Category.CODE, 0.6),
    ("rust implement", Category.CODE, 0.6),
    ("must true", Category.LOGIC, 0.6),
    ("short story", Category.CHAT, 0.6),
    ("call tool", Category.TOOLS, 0.6),
)
"""Words that say more together than alone, in any order."""

HARD: Blocks = {
    2.0: "prove proof rigorous rigorously linearizable linearizability lockfree byzantine theorem",
    1.0: """
        derive derivation distributed consensus concurrency concurrent tolerant partition partitions consistency
        consistent invariants invariant scalable scalability architecture asymptotic optimal optimize optimise
        optimization tradeoffs tradeoff deadlock deadlocks race cryptographic cryptography compiler kernel
        stochastic differential eigenvalues integral convergence converge quantum multithreaded transactional
        idempotent replication sharding raft paxos crdt isolation serializable comprehensive thorough critique
        synthesize formal formally complexity guarantees guarantee edge failover quorum snapshotting backpressure
        beweise beweis beweisen verteiltes verteilte verteilten nebenläufig skalierbar ausführlich optimiere
        démontrer démontre démontrez démonstration distribué concurrence optimiser approfondi rigoureusement
        demuestra demostrar demuestre distribuido concurrencia optimizar rigurosamente exhaustivo demonstre
        distribuído concorrência otimizar rigorosamente dimostra dimostrare dimostri distribuito concorrenza
        ottimizzare
    """,
    0.5: """
        analyze analyse evaluate design implement explain compare benchmark profile security production performance
        efficient efficiently memory constraints requirements algorithm polynomial probability integers divisible
        ordered pairs trigonometric recurrence induction hypothesis strategy evidence implications reasoning step
        steps algorithmic dynamic handle handles failure failures clock skew latency throughput mechanism streaming
        entwirf entwerfe implementiere analysiere vergleiche conçois concevez concevoir implémente implémentez
        diseña diseñe implementa implemente analiza projete analise progetta analizza
    """,
}

HARD_STEMS: Blocks = {
    2.0: "证明 証明 докаж доказа",
    1.0: """
        分布式 并发 一致性 容错 优化 推导 架构 复杂度 分散 並行 最適 распредел параллел оптимиз отказоустойчив
        согласован
    """,
    0.5: "设计 实现 分析 比较 设计并实现 設計 実装 比較 проектир реализ анализ сравн",
}

HARD_PHRASES = """
    lock-free thread-safe fault-toleran trade-off in-depth np-hard np-complete multi-step exactly-once
    state-of-the-art end-to-end highly-available schritt-für-schritt
"""
"""Found anywhere in the text; each says as much as a word of weight 1."""

EASY = """
    hi hello hey thanks thank ok okay yes bye simple simply quick quickly brief briefly basic short easy hallo
    danke einfach kurz salut bonjour merci bref hola gracias sencillo breve olá obrigado simples ciao grazie
    semplice
"""

DEMANDS = """
    must should shall ensure support supports handle handles include includes including additionally also
    furthermore moreover without each every least most avoid require required requirements constraint constraints
    finally then first second third muss müssen soll sollte außerdem mindestens höchstens ohne jeder zusätzlich
    doit doivent devrait aussi sans chaque moins debe deben debería además sin cada menos deve devem deveria também
    sem mínimo devono dovrebbe inoltre senza ogni almeno
"""
"""Words that add a requirement."""
